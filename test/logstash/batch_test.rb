# encoding: utf-8

require_relative 'helper'

# What is asked, and what each event of a batch gets.
class BatchTest < Minitest::Test
  include Helper

  def setup
    @server = serve
  end

  def filter(settings = {})
    plugin({ 'url' => @server.url }.merge(settings))
  end

  def test_one_request_with_each_pair_once
    events = [
      dns('a.example.com', at: '10:00:02', id: 'e1'), dns('WWW.Example.org.', at: '10:00:01', id: 'e2'),
      dns('A.example.com.', at: '10:00:00', id: 'e3'), dns('www.example.org', at: '10:00:03', id: 'e4')
    ]
    assert_equal events, filter.multi_filter(events)
    assert_equal 1, @server.requests.length
    assert_equal [
      { 'name' => 'A.example.com.', 'scope' => 'default', 'at' => '2026-11-22T10:00:00.000Z', 'id' => 'e3' },
      { 'name' => 'WWW.Example.org.', 'scope' => 'default', 'at' => '2026-11-22T10:00:01.000Z', 'id' => 'e2' }
    ], @server.items.first
    assert_equal %w[a.example.com www.example.org a.example.com www.example.org], events.map { |event| facts(event, 'name') }
  end

  def test_only_the_earliest_event_is_the_first_contact
    events = [dns('x.com', at: '10:00:02', id: 'e1'), dns('x.com', at: '10:00:00', id: 'e2'), dns('x.com', at: '10:00:01', id: 'e3')]
    filter.multi_filter(events)
    assert_equal [false, true, false], firsts(events)
    assert_equal [['LOW-FREQ-SCORES'], %w[FIRST-CONTACT COMMUNITY-FIRST-CONTACT LOW-FREQ-SCORES], ['LOW-FREQ-SCORES']],
                 events.map { |event| facts(event, 'alerts') }
    assert_equal [['low'], %w[first everybody low], ['low']], events.map { |event| facts(event, 'alert_reasons') }
    assert_equal 1, @server.requests.length
  end

  def test_a_lone_first_contact_alert_leaves_no_empty_list
    @server.service.plain = true
    events = [dns('x.com', id: 'e1'), dns('x.com', at: '10:00:01', id: 'e2')]
    filter.multi_filter(events)
    assert_equal [%w[FIRST-CONTACT COMMUNITY-FIRST-CONTACT], nil], events.map { |event| facts(event, 'alerts') }
    assert_equal [%w[first everybody], nil], events.map { |event| facts(event, 'alert_reasons') }
  end

  def test_last_seen_of_a_later_event
    events = [dns('x.com', id: 'e1'), dns('x.com', at: '10:00:01', id: 'e2')]
    filter.multi_filter(events)
    assert_equal %w[2026-11-22T10:00:00.000Z 2026-11-22T10:00:01.000Z], events.map { |event| facts(event, 'last_seen') }
  end

  def test_equal_times_by_position
    events = [dns('x.com', id: 'e1'), dns('x.com', id: 'e2')]
    filter.multi_filter(events)
    assert_equal [true, false], firsts(events)
  end

  def test_two_names_of_one_domain
    events = [dns('b.x.com', at: '10:00:01', id: 'e1'), dns('a.x.com', at: '10:00:00', id: 'e2'), dns('b.x.com', at: '10:00:02', id: 'e3')]
    filter.multi_filter(events)
    assert_equal [false, true, false], firsts(events)
    assert_equal 1, @server.requests.length
  end

  def test_a_batch_sent_twice_gets_the_same_answers
    filter = filter()
    make = -> { [dns('x.com', at: '10:00:01', id: 'e1'), dns('x.com', at: '10:00:02', id: 'e2'), dns('y.com', id: 'e3')] }
    answers = Array.new(2) { filter.multi_filter(make.call).map { |event| facts(event) } }
    assert_equal answers[0], answers[1]
  end

  def test_a_batch_sent_twice_without_ids
    make = -> { [dns('x.com', at: '10:00:01', source: { 'ip' => '10.0.0.5' }), dns('x.com', at: '10:00:01', source: { 'ip' => '10.0.0.9' })] }
    answers = Array.new(2) { filter.multi_filter(make.call).map { |event| facts(event) } }
    assert_equal answers[0], answers[1]
    assert_equal [true, false], answers[1].map { |answer| answer['first_contact'] }
  end

  # The first contact comes again, behind an earlier event of the same name.
  def test_the_first_contact_sent_again_in_other_company
    filter = filter()
    filter.multi_filter([dns('x.com', at: '10:00:01', id: 'e1')])
    again = [dns('x.com', at: '10:00:00', id: 'e0'), dns('x.com', at: '10:00:01', id: 'e1'), dns('x.com', at: '10:00:02', id: 'e2')]
    filter.multi_filter(again)
    assert_equal [false, true, false], firsts(again)
    assert_equal 1, @server.items.last.length
  end

  def test_the_same_after_a_restart_of_logstash
    filter.multi_filter([dns('x.com', at: '10:00:01', id: 'e1')])
    again = [dns('x.com', at: '10:00:00', id: 'e0'), dns('x.com', at: '10:00:01', id: 'e1'), dns('x.com', at: '10:00:02', id: 'e2')]
    filter.multi_filter(again)
    assert_equal [false, true, false], firsts(again)
  end

  def test_known_domains_need_one_request
    filter.multi_filter([dns('x.com', at: '2026-11-20T10:00:00Z', id: 'e0')])
    events = Array.new(5) { |i| dns('x.com', at: "10:00:0#{i}", id: "f#{i}") }
    filter.multi_filter(events)
    assert_equal 2, @server.requests.length
    assert_equal [2] * 5, events.map { |event| facts(event, 'days_since_first_seen') }
  end

  def test_days_since_first_seen_at_each_events_own_time
    filter.multi_filter([dns('x.com', at: '2026-11-20T10:00:00Z', id: 'e0')])
    events = [dns('x.com', at: '09:59:59', id: 'e1'), dns('x.com', at: '10:00:00', id: 'e2')]
    filter.multi_filter(events)
    assert_equal [1, 2], events.map { |event| facts(event, 'days_since_first_seen') }
    assert_equal 2, @server.requests.length
  end

  # 30 days end between the second and the third event.
  def test_events_on_both_sides_of_a_birthday_are_asked_about_apart
    @server.service.registrations['x.com'] = '2026-10-23T10:00:00.000Z'
    events = [dns('x.com', at: '09:59:58', id: 'e1'), dns('x.com', at: '09:59:59', id: 'e2'), dns('x.com', at: '10:00:00', id: 'e3')]
    filter.multi_filter(events)
    assert_equal %w[baby baby new], events.map { |event| facts(event, 'category') }
    assert_equal [29, 29, 30], events.map { |event| event.get('[domain_stats][registration][age_days]') }
    assert_equal [1, 1], @server.items.map(&:length)
    assert_equal [true, false, false], firsts(events)
  end

  def test_a_first_contact_with_a_risk_does_not_lend_it
    @server.service.risks['x.com'] = 'high'
    events = [dns('x.com', at: '10:00:00', id: 'e1'), dns('x.com', at: '10:00:01', id: 'e2'), dns('y.com', at: '10:00:00', id: 'e3')]
    filter.multi_filter(events)
    assert_equal %w[high none none], events.map { |event| facts(event, 'risk') }
    assert_equal [true, false, true], firsts(events)
    assert_equal [2, 1], @server.items.map(&:length)
  end

  def test_a_risky_first_contact_and_its_double_with_the_same_id
    @server.service.risks['x.com'] = 'high'
    events = Array.new(2) { dns('x.com', id: 'e1') }
    filter.multi_filter(events)
    assert_equal [true, false], firsts(events)
    assert_equal %w[high none], events.map { |event| facts(event, 'risk') }
  end

  def test_ids_in_order_of_preference
    at = '2026-11-22T10:00:00Z'
    name = { 'question' => { 'name' => 'x.com' } }
    {
      'e1' => { 'event' => { 'id' => 'e1' }, '@metadata' => { '_id' => 'm1' } },
      'm1' => { 'event' => { 'id' => '' }, '@metadata' => { '_id' => 'm1' } },
      'm2' => { 'event' => { 'id' => 'null' }, '@metadata' => { 'input' => { 'elasticsearch' => { '_id' => 'm2' } } } },
      "2026-11-22T10:00:00.000Z\nx.com\n10.0.0.5" => { 'source' => { 'ip' => '10.0.0.5' } }
    }.each do |id, data|
      filter.multi_filter([LogStash::Event.new(data.merge('@timestamp' => at, 'dns' => name))])
      assert_equal id, @server.items.last.first['id']
    end
  end

  def test_ids_and_names_beyond_all_measure
    event = dns('x' * 5000, id: 'i' * 5000, url: { 'domain' => 'x.com' })
    filter.multi_filter([event])
    assert_equal ['x.com', 64], @server.items.last.first.then { |item| [item['name'], item['id'].length] }
  end

  def test_the_time_is_the_events_to_the_microsecond
    filter.multi_filter([dns('x.com', at: '2018-03-24T17:15:20.865716Z')])
    assert_equal '2018-03-24T17:15:20.865716Z', @server.items.last.first['at']
  end

  def test_scopes
    filter = filter('scope' => '%{[observer][name]}')
    events = [
      dns('x.com', id: 'e1', observer: { 'name' => 'Berlin' }), dns('x.com', id: 'e2', observer: { 'name' => 'paris' }),
      dns('x.com', id: 'e3'), dns('x.com', id: 'e4', observer: { 'name' => 'rome / north' })
    ]
    filter.multi_filter(events)
    assert_equal %w[berlin paris default], @server.items.first.map { |item| item['scope'] }
    assert_equal [true, true, true, nil], firsts(events)
    assert_pending events[3]
    assert_nil facts(events[3], 'scope')
  end

  def test_clients_are_sent_only_when_asked_for
    events = -> { [dns('x.com', id: 'e1', source: { 'ip' => '10.0.0.5' }), dns('x.com', id: 'e2', source: { 'ip' => '10.0.0.9' }), dns('x.com', id: 'e3', source: { 'ip' => '10.0.0.5' })] }
    filter.multi_filter(events.call)
    assert_equal [nil], @server.items.last.map { |item| item['client'] }
    filter('client' => true).multi_filter(events.call)
    assert_equal ['10.0.0.5', '10.0.0.9'], @server.items.last.map { |item| item['client'] }
  end

  def test_zones_of_ones_own
    filter = filter('skip_zones' => ['Corp.Example.com', '.lan.'], 'tag_on_skip' => ['own'])
    events = ['corp.example.com', 'DC1.corp.example.com.', 'notcorp.example.com', 'printer.lan'].map { |name| dns(name) }
    filter.multi_filter(events)
    assert_equal [nil, nil, 'notcorp.example.com', nil], events.map { |event| facts(event, 'name') }
    assert_equal [['own'], ['own'], nil, ['own']], events.map { |event| event.get('tags') }
    assert_equal 1, @server.items.first.length
  end

  def test_first_usable_field
    filter = filter()
    {
      { 'dns' => { 'question' => { 'name' => '' } }, 'url' => { 'domain' => 'u.com' } } => %w[u.com url.domain],
      { 'dns' => { 'question' => { 'name' => '*' } }, 'tls' => { 'client' => { 'server_name' => 't.com' } } } => %w[t.com tls.client.server_name],
      { 'url' => { 'domain' => '192.0.2.10' }, 'http' => { 'request' => { 'host' => 'h.com' } } } => %w[h.com http.request.host],
      { 'url' => { 'domain' => '[2001:db8::1]' }, 'destination' => { 'domain' => ['', 'd.com'] } } => %w[d.com destination.domain],
      { 'url' => { 'domain' => 'x.com:443' }, 'destination' => { 'domain' => 'd.com' } } => %w[d.com destination.domain],
      { 'dns' => { 'question' => { 'name' => '*' } } } => %w[* dns.question.name],
      { 'dns.question.name' => 'q.com' } => %w[q.com dns.question.name],
      { 'dns' => { 'question.name' => 'q.com' } } => %w[q.com dns.question.name],
      { 'dns.question' => { 'name' => 'q.com' } } => %w[q.com dns.question.name]
    }.each do |data, expected|
      event = LogStash::Event.new(data)
      filter.multi_filter([event])
      assert_equal expected, [facts(event, 'name'), facts(event, 'source_field')], data.inspect
    end
  end

  def test_one_name_in_two_fields
    event = dns('X.com.', url: { 'domain' => 'x.com' })
    filter.multi_filter([event])
    assert_equal ['dns.question.name', ['dns.question.name', 'url.domain']], [facts(event, 'source_field'), facts(event, 'source_fields')]
  end

  def test_own_fields_and_target
    event = LogStash::Event.new('query' => 'x.com', 'dns' => { 'question' => { 'name' => 'y.com' } })
    filter('source' => ['query'], 'target' => '[a][b]').multi_filter([event])
    assert_equal %w[x.com query], [event.get('[a][b][name]'), event.get('[a][b][source_field]')]
  end

  def test_parts_of_the_name_for_ecs
    event = dns('a.b.x.com', url: { 'domain' => 'y.com', 'registered_domain' => 'y.com' })
    filter('ecs_split' => true).multi_filter([event])
    assert_equal({ 'name' => 'a.b.x.com', 'registered_domain' => 'x.com', 'top_level_domain' => 'com', 'subdomain' => 'a.b' }, event.get('[dns][question]'))
    assert_nil event.get('[url][subdomain]')
  end

  def test_parts_of_another_list_are_left_alone
    event = LogStash::Event.new('url' => { 'domain' => 'a.x.com', 'registered_domain' => 'a.x.com' })
    filter('ecs_split' => true).multi_filter([event])
    assert_equal({ 'domain' => 'a.x.com', 'registered_domain' => 'a.x.com' }, event.get('[url]'))
  end

  def test_events_without_a_name_are_left_alone
    event = LogStash::Event.new('message' => 'no name')
    assert_equal [event], filter.multi_filter([event])
    assert_nil facts(event)
    assert_nil event.get('tags')
    assert_empty @server.requests
  end

  def test_cancelled_events_are_not_asked_about
    gone = dns('x.com').tap(&:cancel)
    kept = dns('y.com')
    assert_equal [kept], filter.multi_filter([gone, kept])
    assert_equal ['y.com'], @server.items.first.map { |item| item['name'] }
  end

  def test_what_was_decided_stays
    event = dns('x.com', domain_stats: { 'name' => 'x.com', 'status' => 'ok', 'first_contact' => false })
    filter.multi_filter([event])
    assert_equal false, facts(event, 'first_contact')
    assert_empty @server.requests
  end

  def test_what_was_left_undecided_is_decided
    event = dns('x.com', domain_stats: { 'name' => 'x.com', 'status' => 'pending', 'pending' => ['contact'] })
    filter.multi_filter([event])
    assert_equal true, facts(event, 'first_contact')
    assert_nil facts(event, 'pending')
  end

  def test_no_more_items_than_allowed_in_one_request
    events = Array.new(7) { |i| dns("n#{i}.com", at: "10:00:0#{9 - i}") }
    filter('batch_max' => 3).multi_filter(events)
    assert_equal [3, 3, 1], @server.items.map(&:length)
    assert_equal 'n6.com', @server.items.first.first['name']
    assert_equal [true] * 7, firsts(events)
  end

  def test_events_of_one_name_share_no_strings
    events = [dns('x.com', id: 'e1'), dns('x.com', id: 'e2')]
    filter.multi_filter(events)
    events.first.get('[domain_stats][domain]') << 'changed'
    assert_equal 'x.com', facts(events.last, 'domain')
  end

  def test_common_options_apply_to_enriched_events_only
    events = [dns('x.com'), LogStash::Event.new('message' => 'none')]
    filter('add_tag' => ['seen']).multi_filter(events)
    assert_equal [['seen'], nil], events.map { |event| event.get('tags') }
  end

  def test_filter_takes_one_event
    event = dns('x.com')
    filter.filter(event)
    assert_equal true, facts(event, 'first_contact')
  end

  def test_bytes_that_are_no_text
    event = dns("a\xffb.com")
    filter.multi_filter([event])
    assert_equal 'ok', facts(event, 'status')
  end

  def test_wait_and_auth_and_path
    filter('url' => "#{@server.url}/ds/", 'wait' => '0.25s', 'user' => 'u', 'password' => 'p').multi_filter([dns('x.com')])
    request = @server.requests.last
    assert_equal '/ds/v1/domains?wait=250ms', request.target
    assert_equal 'Basic dTpw', request.headers['authorization']
    filter('token' => 't').multi_filter([dns('x.com')])
    assert_equal ['/v1/domains', 'Bearer t'], [@server.requests.last.target, @server.requests.last.headers['authorization']]
  end

  def test_metrics
    filter = filter('skip_zones' => ['lan'])
    filter.multi_filter([dns('x.com'), dns('x.com'), dns('y.com'), dns('z.lan')])
    assert_equal({ :requests => 1, :items => 2, :enriched => 3, :skipped => 1, :breaker => 'closed' }, filter.metric.values)
  end
end
