# encoding: utf-8

require_relative 'helper'

# One plugin object is shared by all worker threads.
class ThreadsTest < Minitest::Test
  include Helper

  def test_eight_workers_at_once
    server = serve
    filter = plugin('url' => server.url, 'deadline' => '60s')
    go = Queue.new
    workers = Array.new(8) do |worker|
      Thread.new do
        go.pop
        Array.new(20) do |batch|
          events = Array.new(25) { |i| dns("h#{i}.d#{(batch + i) % 30}.com", at: "10:#{format('%02d', batch)}:#{format('%02d', i)}", id: "#{worker}-#{batch}-#{i}") }
          filter.multi_filter(events)
        end
      end
    end
    8.times { go << true }
    events = workers.flat_map(&:value).flatten
    assert_equal 4000, events.length
    assert_equal 30, events.count { |event| facts(event, 'first_contact') == true }
    assert_equal 3970, events.count { |event| facts(event, 'first_contact') == false }
    assert_equal 8, server.connections
    assert_equal 8, server.requests.group_by(&:connection).length
  end

  def test_connections_of_ended_workers_are_closed
    server = serve
    filter = plugin('url' => server.url)
    5.times { Thread.new { filter.multi_filter([dns('x.com')]) }.join }
    assert_equal 1, filter.instance_variable_get(:@connections).length
    filter.close
    assert_empty filter.instance_variable_get(:@connections)
  end
end
