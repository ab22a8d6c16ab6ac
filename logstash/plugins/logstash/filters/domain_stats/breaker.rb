# encoding: utf-8

module DomainStatsFilter
  # Keeps a dead service from costing every batch its deadline: after some failures in a row nothing is asked for a
  # while, then one batch tries, and only its success lets the others ask again.
  class Breaker
    def initialize(after:, seconds:, clock: -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }, &on_change)
      @after = after
      @seconds = seconds
      @clock = clock
      @on_change = on_change
      @lock = Mutex.new
      @failures = 0
      @state = :closed
    end

    def state
      @lock.synchronize { @state }
    end

    # `:ask`, `:probe` (the one try of a half-open breaker) or nil: do not ask. Whoever gets a permit must report
    # `success` or `failure` with it.
    def permit
      change = nil
      @lock.synchronize do
        return :ask if @state == :closed
        return nil if @state == :half_open || @clock.call < @until

        change = @state = :half_open
      end
      notify(change)
      :probe
    end

    def success(permit)
      change = nil
      @lock.synchronize do
        # A late success of a request sent before the breaker opened says nothing of now.
        return unless permit == :probe || @state == :closed

        change = :closed if @state != :closed
        @state = :closed
        @failures = 0
      end
      notify(change)
    end

    def failure(permit)
      change = nil
      @lock.synchronize do
        return if @state != :closed && permit != :probe

        @failures += 1
        if permit == :probe || (@after.positive? && @failures >= @after)
          # A try that failed changes nothing that is worth a log line.
          change = permit == :probe ? :still_open : :open
          @state = :open
          @until = @clock.call + @seconds
        end
      end
      notify(change)
    end

    private

    # Outside the lock: the listener logs.
    def notify(change)
      @on_change&.call(change) if change
    end
  end
end
