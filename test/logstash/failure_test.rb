# encoding: utf-8

require_relative 'helper'

# Dead, hung and lying servers: events pass, are tagged and pending, and no batch stalls longer than its deadline.
class FailureTest < Minitest::Test
  include Helper

  DEADLINE = 0.4
  # What a busy machine may add.
  SLACK = 4.0

  def filter(server, settings = {})
    plugin({ 'url' => server.is_a?(String) ? server : server.url, 'deadline' => "#{(DEADLINE * 1000).to_i}ms" }.merge(settings))
  end

  # For what must succeed, or fails at once.
  def patient(server, settings = {})
    filter(server, { 'deadline' => '20s' }.merge(settings))
  end

  def assert_fails_in_time(filter, count: 3)
    events = Array.new(count) { |i| dns("n#{i}.com", id: "e#{i}") }
    took = seconds { assert_equal events, filter.multi_filter(events) }
    events.each { |event| assert_pending event }
    assert_operator took, :<, DEADLINE + SLACK
    took
  end

  def test_nobody_listens
    port = TCPServer.open('127.0.0.1', 0) { |listener| listener.addr[1] }
    assert_operator assert_fails_in_time(filter("http://127.0.0.1:#{port}")), :<, SLACK
  end

  def test_a_name_that_is_none
    assert_fails_in_time(filter('http://no-such-host.invalid:1'))
  end

  def test_what_a_failed_event_says
    port = TCPServer.open('127.0.0.1', 0) { |listener| listener.addr[1] }
    event = dns('WWW.X.com.', url: { 'domain' => 'y.com' })
    filter("http://127.0.0.1:#{port}", 'scope' => 'berlin').multi_filter([event])
    assert_equal({ 'name' => 'www.x.com', 'status' => 'pending', 'pending' => %w[registration contact],
                   'source_field' => 'dns.question.name', 'scope' => 'berlin' }, facts(event))
  end

  # Each of these would hold a client whose time-outs count from byte to byte.
  DRIPS = {
    'silence' => ->(_) { sleep },
    'a dripping header' => ->(socket) { "HTTP/1.1 200 OK\r\nx-slow: #{'x' * 1000}".each_char { |c| socket.write(c); sleep 0.05 } },
    'a dripping body' => lambda do |socket|
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n")
      loop { socket.write(' '); sleep 0.05 }
    end,
    'dripping chunks' => lambda do |socket|
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
      loop { socket.write("1\r\n \r\n"); sleep 0.05 }
    end,
    'a dripping chunk size' => lambda do |socket|
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1;")
      loop { socket.write('x'); sleep 0.05 }
    end,
    'a body without an end' => lambda do |socket|
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
      loop { socket.write(' '); sleep 0.05 }
    end,
    'interim answers for ever' => ->(socket) { loop { socket.write("HTTP/1.1 102 Processing\r\n\r\n"); sleep 0.05 } }
  }.freeze

  DRIPS.each do |what, drip|
    define_method("test_hung_by_#{what.tr(' ', '_')}") do
      server = serve { |_, socket| drip.call(socket) || true }
      assert_fails_in_time(filter(server))
    end
  end

  # Its queue is full, so connecting hangs (where the platform heeds the length of the queue; else it is silent).
  def test_a_server_that_does_not_accept
    listener = TCPServer.new('127.0.0.1', 0)
    listener.listen(0)
    target = Addrinfo.tcp('127.0.0.1', listener.addr[1]).to_sockaddr
    fillers = Array.new(4) { Socket.new(:INET, :STREAM).tap { |socket| socket.connect_nonblock(target, :exception => false) } }
    assert_fails_in_time(filter("http://127.0.0.1:#{listener.addr[1]}"))
  ensure
    [listener, *fillers].each(&:close)
  end

  def test_a_server_that_does_not_read
    listener = TCPServer.new('127.0.0.1', 0)
    names = Array.new(900) { |i| dns("#{"#{'n' * 60}." * 3}n#{i}.com", id: 'i' * 20_000) }
    filter = filter("http://127.0.0.1:#{listener.addr[1]}")
    assert_operator seconds { filter.multi_filter(names) }, :<, DEADLINE + SLACK + 1
    assert_pending names.first
  ensure
    listener.close
  end

  def test_a_tls_handshake_that_never_ends
    listener = TCPServer.new('127.0.0.1', 0)
    # The head of a record of 16 KiB, and then a byte now and then.
    dripper = Thread.new do
      socket = listener.accept
      "\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb#{'x' * 1000}".each_char { |char| socket.write(char) && sleep(0.05) }
    end
    dripper.report_on_exception = false
    assert_fails_in_time(filter("https://127.0.0.1:#{listener.addr[1]}", 'ssl_verification_mode' => 'none'))
  ensure
    dripper&.kill
    listener&.close
  end

  def self.answer(body, **rest)
    StubServer.response(body, **rest)
  end

  OK = { 'name' => 'n0.com', 'status' => 'ok' }.freeze
  LIES = {
    'an error' => answer('{"title":"no"}', :status => '500 Internal Server Error', :type => 'application/problem+json'),
    'too many requests' => answer('{}', :status => '429 Too Many Requests', :type => 'application/problem+json'),
    'unauthorized' => answer('{}', :status => '401 Unauthorized', :type => 'application/problem+json'),
    'a redirect' => "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    'no content' => "HTTP/1.1 204 No Content\r\n\r\n",
    'a page' => answer('<html>', :type => 'text/html'),
    'a page that calls itself JSON' => answer('<html>'),
    'null' => answer('null'),
    'an empty body' => answer(''),
    'an object' => answer(JSON.generate(OK)),
    'too few answers' => answer('[]'),
    'too many answers' => answer(JSON.generate([OK, OK])),
    'a text' => answer('["ok"]'),
    'another name' => answer(JSON.generate([OK.merge('name' => 'other.com')])),
    'no name' => answer(JSON.generate([{ 'status' => 'ok' }])),
    'an unknown status' => answer(JSON.generate([OK.merge('status' => 'fine')])),
    'a first contact that is neither true nor false' => answer(JSON.generate([OK.merge('first_contact' => 'yes')])),
    'a registration that is a text' => answer(JSON.generate([OK.merge('registration' => 'ERROR')])),
    'alerts that are a text' => answer(JSON.generate([OK.merge('alerts' => 'FIRST-CONTACT')])),
    'half an answer' => "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n[{",
    'a broken chunk' => "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    'a length that is none' => "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n[]",
    'a length without end' => "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n[]",
    'another protocol' => "SSH-2.0-OpenSSH\r\n\r\n",
    'nothing' => ''
  }.freeze

  LIES.each do |what, bytes|
    define_method("test_answered_by_#{what.tr(' ', '_')}") do
      server = serve do |_, socket|
        socket.write(bytes)
        socket.close
        true
      end
      filter = patient(server)
      event = dns('n0.com', id: 'e0')
      filter.multi_filter([event])
      assert_pending event
      assert_equal 1, filter.metric.values[:failed]
      # Recovery without a restart.
      server.behaviour = nil
      event = dns('n0.com', id: 'e0')
      filter.multi_filter([event])
      assert_equal true, facts(event, 'first_contact')
      refute_includes event.get('tags').to_a, '_domain_stats_failure'
    end
  end

  def test_chunks_and_an_end_by_closing_are_read
    body = JSON.generate([OK])
    chunked = "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n" \
              "5\r\n#{body[0, 5]}\r\n#{(body.bytesize - 5).to_s(16)};x=y\r\n#{body[5..-1]}\r\n0\r\nx: y\r\n\r\n"
    closed = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n#{body}"
    [chunked, closed].each do |bytes|
      server = serve { |_, socket| socket.write(bytes) && (bytes == closed && socket.close || true) }
      filter = patient(server)
      2.times do
        event = dns('n0.com')
        filter.multi_filter([event])
        assert_equal 'ok', facts(event, 'status')
      end
      assert_equal(bytes == chunked ? 1 : 2, server.connections)
    end
  end

  def test_one_refused_item_does_not_touch_the_others
    server = serve do |request, socket|
      answers = server_answers(request).each_with_index.map do |answer, i|
        i == 1 ? { 'type' => 'urn:x', 'title' => 'bad item', 'status' => 400, 'detail' => 'no' } : answer
      end
      socket.write(StubServer.response(JSON.generate(answers)))
    end
    events = Array.new(3) { |i| dns("n#{i}.com", id: "e#{i}") }
    filter = patient(server)
    filter.multi_filter(events)
    assert_equal ['ok', 'pending', 'ok'], events.map { |event| facts(event, 'status') }
    assert_pending events[1]
    assert_equal 'closed', filter.metric.values[:breaker]
  end

  def server_answers(request)
    StubService.new.answer(request.items)
  end

  # An idle connection that the server closed is no failure.
  def test_a_connection_that_was_closed_meanwhile
    server = serve
    filter = patient(server)
    3.times do |i|
      event = dns("n#{i}.com")
      filter.multi_filter([event])
      assert_equal true, facts(event, 'first_contact')
      server.drop_connections
      sleep 0.05
    end
    assert_equal [3, 3], [server.connections, filter.metric.values[:requests]]
    assert_empty filter.logger.lines.select { |level, *| level == :warn }
  end

  def test_facts_that_were_there_are_kept
    event = dns('x.com', domain_stats: { 'registration' => { 'status' => 'found' }, 'status' => 'pending', 'pending' => ['contact'] })
    filter('http://127.0.0.1:1').multi_filter([event])
    assert_equal 'found', event.get('[domain_stats][registration][status]')
    assert_pending event
  end

  # -- the breaker --------------------------------------------------------------------------------------------------

  def test_after_some_failures_nothing_is_asked_and_nothing_stalls
    server = serve { |_, _socket| sleep }
    filter = filter(server, 'breaker_after' => 2, 'breaker_seconds' => 60)
    2.times { assert_fails_in_time(filter) }
    assert_operator seconds { 50.times { assert_fails_in_time(filter, :count => 1) } }, :<, 10
    assert_equal 2, server.requests.length
    assert_equal 'open', filter.metric.values[:breaker]
    warnings = filter.logger.lines.select { |level, *| level == :warn }
    assert_equal 3, warnings.length
    refute_match(/n0\.com/, warnings.inspect)
  end

  def test_half_open_lets_one_batch_try
    server = serve { |_, socket| socket.close || true }
    filter = filter(server, 'deadline' => '3s', 'breaker_after' => 1, 'breaker_seconds' => 0.2)
    filter.multi_filter([dns('x.com')])
    server.behaviour = ->(_, _) { sleep }
    sleep 0.25
    before = server.requests.length
    took = Array.new(8) { Thread.new { seconds { filter.multi_filter([dns('x.com')]) } } }.map(&:value).sort
    assert_equal 1, server.requests.length - before
    # The others do not wait for the one that tries.
    assert_operator took[6], :<, 2.5
    assert_operator took[7], :>=, 2.95
  end

  def test_recovery_without_a_restart
    server = serve { |_, socket| socket.close || true }
    filter = patient(server, 'breaker_after' => 1, 'breaker_seconds' => 0.2)
    assert_fails_in_time(filter)
    server.behaviour = nil
    assert_fails_in_time(filter)
    sleep 0.25
    events = [dns('n0.com', id: 'e0')]
    filter.multi_filter(events)
    assert_equal [true], firsts(events)
    assert_equal 'closed', filter.metric.values[:breaker]
    assert_includes filter.logger.lines.map { |_, message, _| message }, 'domain-stats answers again'
  end

  def test_breaker_by_its_clock
    now = 0
    changes = []
    breaker = DomainStatsFilter::Breaker.new(:after => 2, :seconds => 10, :clock => -> { now }) { |state| changes << state }
    assert_equal :ask, breaker.permit
    breaker.failure(:ask)
    breaker.success(:ask)
    2.times { breaker.failure(:ask) }
    assert_nil breaker.permit
    breaker.failure(:ask)
    now = 10
    assert_equal :probe, breaker.permit
    assert_nil breaker.permit
    # Late news of a request from before.
    breaker.success(:ask)
    assert_equal :half_open, breaker.state
    breaker.failure(:probe)
    now = 19
    assert_nil breaker.permit
    now = 20
    assert_equal :probe, breaker.permit
    breaker.success(:probe)
    assert_equal :ask, breaker.permit
    assert_equal %i[open half_open still_open half_open closed], changes
  end

  def test_no_breaker
    server = serve { |_, socket| socket.close || true }
    filter = patient(server, 'breaker_after' => 0)
    5.times { assert_fails_in_time(filter) }
    assert_equal 5, server.requests.length
  end

  # Whatever goes wrong inside, the pipeline's worker must live.
  def test_a_fault_of_our_own
    filter = patient(serve)
    odd = dns('x.com')
    def odd.get(_)
      raise 'odd event'
    end
    good = dns('y.com')
    assert_equal [odd, good], filter.multi_filter([odd, good])
    assert_equal true, facts(good, 'first_contact')
  end
end
