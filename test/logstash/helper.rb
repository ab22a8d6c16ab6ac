# encoding: utf-8

require 'json'
require 'minitest/autorun'
require 'socket'
require 'logstash/filters/domain_stats'
require_relative 'stub_server'

module Helper
  DAY = 86_400

  def plugin(settings = {})
    filter = LogStash::Filters::DomainStats.new({ 'deadline' => '20s' }.merge(settings))
    filter.register
    (@plugins ||= []) << filter
    filter
  end

  def serve(**options, &behaviour)
    server = StubServer.new(**options, &behaviour)
    (@servers ||= []) << server
    server
  end

  def teardown
    (@plugins || []).each(&:close)
    (@servers || []).each(&:stop)
    super
  end

  # An event with a DNS name; `at` is a time of day on one day.
  def dns(name, at: '10:00:00', id: nil, **more)
    stamp = at.include?('T') ? at : "2026-11-22T#{at}Z"
    data = { '@timestamp' => stamp, 'dns' => { 'question' => { 'name' => name } } }
    data['event'] = { 'id' => id } if id
    LogStash::Event.new(data.merge(more.transform_keys(&:to_s)))
  end

  def facts(event, field = nil)
    field ? event.get("[domain_stats][#{field}]") : event.get('[domain_stats]')
  end

  def firsts(events)
    events.map { |event| facts(event, 'first_contact') }
  end

  def assert_pending(event)
    assert_equal %w[registration contact], facts(event, 'pending')
    assert_equal 'pending', facts(event, 'status')
    assert_nil facts(event, 'first_contact')
    assert_includes event.get('tags').to_a, '_domain_stats_failure'
  end

  def seconds
    start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    yield
    Process.clock_gettime(Process::CLOCK_MONOTONIC) - start
  end
end
