# encoding: utf-8

require 'time'

module DomainStatsFilter
  # One event that has a name to be asked about.
  Question = Struct.new(
    :event, :text, :source_fields, :scope, :client, :at, :at_ms, :id, :position, :answer, :fault, keyword_init: true
  ) do
    # Events with the same key are one item of the request.
    def key
      @key ||= [Names.fold(text), scope, client].freeze
    end

    def item(with_id: true)
      item = { 'name' => text, 'scope' => scope }
      item['at'] = at if at
      item['id'] = id if id && with_id
      item['client'] = client if client
      item
    end
  end

  # Which events of a batch are asked about, and what the others may take over from them.
  #
  # Of all events with one (name, scope) only the earliest is asked about. The others take its answer, with what
  # depends on the event put right: `first_contact` and its alerts belong to the earliest alone, and
  # `days_since_first_seen` is counted to each event's own time. An event is asked about itself, in one more and
  # smaller request, when that would not be exact:
  #
  # - a registration date lies between the two times: age, band, category and alerts may differ (the limits of the
  #   categories are settings of the service);
  # - the earliest is a first contact with a risk: which part of the risk the first contact made is the service's to say;
  # - the event may be the first contact itself, sent again in other company: it is one that this process saw decided,
  #   or nobody here knows which one it was and the domain was first seen less than an hour before the event;
  # - its clock is ahead: the service may take another time for it.
  module Batch
    DAY_MS = 86_400_000
    RETRY_WINDOW_MS = 3_600_000
    CLOCK_AHEAD_MS = 23 * 3_600_000
    FIRST_CONTACT_ALERTS = %w[FIRST-CONTACT COMMUNITY-FIRST-CONTACT].freeze

    module_function

    # Earliest first, ties by position: the order in which the service decides.
    def order(questions, now_ms)
      questions.sort_by { |question| [question.at_ms || now_ms, question.position] }
    end

    # Whether `question` can take over the answer of `asked`, the earliest event of its pair.
    def same?(question, asked, answer, contacts, now_ms)
      return true if %w[invalid ip internal].include?(answer['status'])
      # The earliest was too far ahead, so the later ones are too, and server time counts for all.
      return true if answer['at_ignored']
      return true if question.at_ms.nil? && asked.at_ms.nil?
      return false if question.at_ms.nil? || asked.at_ms.nil? || question.at_ms > now_ms + CLOCK_AHEAD_MS

      same_age?(question, asked, answer) && same_contact?(question, asked, answer, contacts)
    end

    def same_age?(question, asked, answer)
      dates = answer['registration'] || {}
      created = instant(dates['created'])
      expires = instant(dates['expires'])
      age = ->(at) { created && [(at - created).div(DAY_MS), -1].max }
      expired = ->(at) { expires && at > expires }
      [age, expired].all? { |fact| fact.call(question.at_ms) == fact.call(asked.at_ms) }
    end

    def same_contact?(question, asked, answer, contacts)
      return ['none', nil].include?(answer['risk']) if answer['first_contact'] == true
      # Absent: suppressed, or undecided.
      return true if answer['first_contact'].nil? || question.id == asked.id

      !contacts.may_be_first?(question, answer)
    end

    # The answer of the earliest event as it is for a later one of the same pair.
    def adapt(answer, question)
      copy = deep_copy(answer)
      copy['name'] = question.text if copy['status'] == 'invalid'
      withdraw_first_contact(copy) if copy['first_contact'] == true
      move_to(copy, question) unless copy['at_ignored'] || question.at_ms.nil?
      copy
    end

    # What is counted to the event's time.
    def move_to(copy, question)
      seen = instant(copy['first_seen'])
      copy['days_since_first_seen'] = (question.at_ms - seen).div(DAY_MS) if seen && copy.key?('days_since_first_seen')
      last = instant(copy['last_seen'])
      copy['last_seen'] = Time.at(0, question.at_ms, :millisecond).utc.iso8601(3) if last && last < question.at_ms
    end

    def withdraw_first_contact(copy)
      copy['first_contact'] = false
      alerts = copy['alerts']
      return unless alerts.is_a?(Array)

      kept = alerts.each_index.reject { |i| FIRST_CONTACT_ALERTS.include?(alerts[i]) }
      %w[alerts alert_reasons].each do |field|
        next unless copy[field].is_a?(Array)

        # An answer without alerts has no list of them.
        kept.empty? ? copy.delete(field) : copy[field] = copy[field].values_at(*kept)
      end
    end

    # Milliseconds of a date in an answer, nil for none or no date.
    def instant(text)
      return nil unless text.is_a?(String)

      time = Time.iso8601(text)
      milliseconds(time)
    rescue ArgumentError
      nil
    end

    def milliseconds(time)
      time.to_i * 1000 + time.nsec / 1_000_000
    end

    # Events must not share strings: a later filter may change one in place.
    def deep_copy(value)
      case value
      when Hash then value.transform_values { |one| deep_copy(one) }
      when Array then value.map { |one| deep_copy(one) }
      when String then value.dup
      else value
      end
    end
  end

  # Which event was the first contact of a domain, as far as this process saw it decided; bounded.
  class Contacts
    LIMIT = 50_000

    def initialize
      @lock = Mutex.new
      @ids = {}
    end

    def learn(question, answer)
      return unless answer['first_contact'] == true && answer['domain'].is_a?(String)

      @lock.synchronize do
        @ids[[answer['domain'], question.scope]] = question.id
        @ids.shift if @ids.length > LIMIT
      end
    end

    # Whether an event that was not asked about may be the one that was decided first.
    def may_be_first?(question, answer)
      known = @lock.synchronize { @ids[[answer['domain'], question.scope]] }
      return known == question.id if known

      seen = Batch.instant(answer['first_seen'])
      seen.nil? || question.at_ms - seen < Batch::RETRY_WINDOW_MS
    end
  end
end
