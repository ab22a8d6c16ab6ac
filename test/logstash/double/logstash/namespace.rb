# encoding: utf-8

require 'json'
require 'time'

# A double of the parts of Logstash's plugin API that the filter uses, for tests on plain Ruby. It behaves as the
# real thing where a plugin can notice: strict options, field references, copies on `set`, templates that keep
# `%{field}` for a missing field.
module LogStash
  class ConfigurationError < StandardError; end
  module Filters; end

  module Util
    class Password
      attr_reader :value

      def initialize(value)
        @value = value
      end

      def to_s
        '<password>'
      end
      alias inspect to_s
    end
  end

  class Timestamp
    attr_reader :time

    def initialize(time = Time.now)
      @time = (time.is_a?(String) ? Time.iso8601(time) : time).utc
    end

    # Three, six or nine digits, as many as are needed.
    def to_iso8601
      digits = [3, 6, 9].find { |count| (@time.nsec % (10**(9 - count))).zero? }
      @time.iso8601(digits)
    end
    alias to_s to_iso8601

    def to_json(*args)
      to_iso8601.to_json(*args)
    end
  end

  class Event
    def initialize(data = {})
      @data = copy(data)
      @metadata = @data.delete('@metadata') || {}
      stamp = @data['@timestamp']
      @data['@timestamp'] = stamp.is_a?(Timestamp) ? stamp : Timestamp.new(stamp || Time.now)
      @cancelled = false
    end

    def get(reference)
      keys = keys_of(reference)
      keys.reduce(root(keys)) do |at, key|
        case at
        when Hash then at[key]
        when Array then key.match?(/\A-?\d+\z/) ? at[key.to_i] : nil
        end
      end.then { |value| copy(value) }
    end

    def set(reference, value)
      raise TypeError, 'wrong argument type (expected LogStash::Timestamp)' if reference == '@timestamp' && !value.is_a?(Timestamp)

      keys = keys_of(reference)
      *path, last = keys
      path.reduce(root(keys)) { |at, key| at[key].is_a?(Hash) ? at[key] : at[key] = {} }[last] = copy(value)
      value
    end

    def include?(reference)
      *path, last = keys = keys_of(reference)
      at = path.reduce(root(keys)) { |hash, key| hash.is_a?(Hash) ? hash[key] : nil }
      at.is_a?(Hash) && at.key?(last)
    end

    def remove(reference)
      *path, last = keys = keys_of(reference)
      at = path.reduce(root(keys)) { |hash, key| hash.is_a?(Hash) ? hash[key] : nil }
      at.is_a?(Hash) ? at.delete(last) : nil
    end

    def tag(value)
      tags = @data['tags'] || []
      @data['tags'] = tags.include?(value) ? tags : tags + [value]
      nil
    end

    def timestamp
      @data['@timestamp']
    end

    def sprintf(format)
      format.gsub(/%\{([^}]*)\}/) do |literal|
        case (value = get(Regexp.last_match(1)))
        when nil then literal
        when Hash then JSON.generate(value)
        when Array then value.join(',')
        else value.to_s
        end
      end
    end

    def cancel
      @cancelled = true
    end

    def cancelled?
      @cancelled
    end

    def to_hash
      copy(@data)
    end

    private

    def keys_of(reference)
      raise TypeError, "no field reference: #{reference.inspect}" unless reference.is_a?(String)
      return reference.scan(/\[([^\[\]]+)\]/).flatten if reference.match?(/\A(\[[^\[\]]+\])+\z/)
      raise ArgumentError, "bad field reference: #{reference}" if reference.match?(/[\[\]]/)

      [reference]
    end

    def root(keys)
      return @data unless keys.first == '@metadata'

      keys.shift
      @metadata
    end

    # What the Java event can hold, and nothing else.
    def copy(value)
      case value
      when Hash then value.to_h { |key, one| [String(key), copy(one)] }
      when Array then value.map { |one| copy(one) }
      when String then value.dup
      when Integer, Float, true, false, nil, Timestamp then value
      else raise TypeError, "an event cannot hold a #{value.class}"
      end
    end
  end
end
