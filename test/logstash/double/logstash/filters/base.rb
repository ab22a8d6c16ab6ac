# encoding: utf-8

require 'logstash/namespace'

module LogStash
  # Counters of a plugin.
  class MetricDouble
    attr_reader :values

    def initialize
      @values = Hash.new(0)
      @lock = Mutex.new
    end

    def increment(key, by = 1)
      @lock.synchronize { @values[key] += by }
    end

    def gauge(key, value)
      @lock.synchronize { @values[key] = value }
    end
  end

  # Keeps its lines as [level, message, data].
  class LoggerDouble
    attr_reader :lines

    def initialize
      @lines = []
      @lock = Mutex.new
    end

    %i[debug info warn error].each do |level|
      define_method(level) { |message, data = {}| @lock.synchronize { @lines << [level, message, data] } }
    end

    def debug?
      true
    end
  end

  class Filters::Base
    class << self
      def options
        @options ||= superclass.respond_to?(:options) ? superclass.options.dup : {}
      end

      def config_name(name = nil)
        @config_name = name || @config_name
      end

      def config(name, rules = {})
        options[name.to_s] = rules
        attr_accessor(name)
      end
    end

    config :add_tag, :validate => :array, :default => []
    config :remove_tag, :validate => :array, :default => []
    config :add_field, :validate => :hash, :default => {}
    config :remove_field, :validate => :array, :default => []
    config :id, :validate => :string
    config :enable_metric, :validate => :boolean, :default => true
    config :periodic_flush, :validate => :boolean, :default => false

    attr_reader :logger, :metric

    def initialize(params = {})
      @logger = LoggerDouble.new
      @metric = MetricDouble.new
      unknown = params.keys - self.class.options.keys
      raise ConfigurationError, "unknown settings: #{unknown.join(', ')}" unless unknown.empty?

      self.class.options.each do |name, rules|
        value = params.fetch(name) { rules[:default].is_a?(Array) || rules[:default].is_a?(Hash) ? rules[:default].dup : rules[:default] }
        instance_variable_set("@#{name}", value.nil? ? nil : checked(name, value, rules))
      end
    end

    protected

    def filter_matched(event)
      @add_field.each { |field, value| event.set(event.sprintf(field), event.sprintf(value)) }
      @remove_field.each { |field| event.remove(event.sprintf(field)) }
      @add_tag.each { |tag| event.tag(event.sprintf(tag)) }
    end

    private

    def checked(name, value, rules)
      return Array(value).map { |one| checked(name, one, rules.reject { |key, _| key == :list }) } if rules[:list]

      case (kind = rules[:validate])
      when Array then accept(kind.include?(value), name, value)
      when :array then value.is_a?(Array) ? value : [value]
      when :hash then accept(value.is_a?(Hash), name, value)
      when :boolean then accept([true, false].include?(value), name, value)
      when :number then accept(value.is_a?(Numeric), name, value)
      when :string then accept(value.is_a?(String) || value.is_a?(Numeric), name, value)
      when :path then accept(File.exist?(value), name, value)
      when :password then value.is_a?(Util::Password) ? value : Util::Password.new(value)
      else raise ConfigurationError, "unknown validator #{kind} of #{name}"
      end
    end

    def accept(good, name, value)
      raise ConfigurationError, "bad value of #{name}: #{value.inspect}" unless good

      value
    end
  end
end
