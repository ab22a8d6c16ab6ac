# encoding: utf-8

require 'json'
require 'openssl'
require 'socket'
require 'time'

# A small HTTP server with the answers of a domain-stats service, or with whatever a block does to the socket instead.
# The block gets the request and the socket, and returns true when it has dealt with the request.
class StubServer
  Request = Struct.new(:target, :headers, :items, :connection)

  attr_reader :port, :requests, :connections
  attr_accessor :behaviour, :service

  def initialize(tls: nil, service: StubService.new, port: 0, &behaviour)
    @behaviour = behaviour
    @service = service
    @requests = []
    @connections = 0
    @lock = Mutex.new
    @tls = tls
    @listener = TCPServer.new('127.0.0.1', port)
    @port = @listener.addr[1]
    @sockets = []
    @acceptor = Thread.new { accept }
  end

  def url
    "#{@tls ? 'https' : 'http'}://127.0.0.1:#{@port}"
  end

  def items
    @requests.map(&:items)
  end

  def stop
    @acceptor.kill
    @listener.close unless @listener.closed?
    @lock.synchronize { @sockets.each { |socket| socket.close rescue nil } }
  end

  def drop_connections
    @lock.synchronize { @sockets.each { |socket| socket.close rescue nil }.clear }
  end

  private

  def accept
    loop do
      socket = @listener.accept
      number = @lock.synchronize { @sockets << socket; @connections += 1 }
      Thread.new { converse(socket, number) }
    end
  rescue IOError
    nil
  end

  def converse(socket, number)
    socket = secure(socket) if @tls
    while (request = read(socket, number))
      @lock.synchronize { @requests << request }
      next if @behaviour&.call(request, socket)

      answers = @lock.synchronize { @service.answer(request.items) }
      reply(socket, JSON.generate(answers))
    end
  rescue SystemCallError, IOError, OpenSSL::SSL::SSLError
    nil
  ensure
    socket.close rescue nil
  end

  def secure(socket)
    OpenSSL::SSL::SSLSocket.new(socket, @tls).tap do |tls|
      tls.sync_close = true
      tls.accept
    end
  end

  def read(socket, number)
    line = socket.gets("\r\n") or return nil
    headers = {}
    until (header = socket.gets("\r\n").chomp).empty?
      name, value = header.split(': ', 2)
      headers[name] = value
    end
    Request.new(line.split(' ')[1], headers, JSON.parse(socket.read(headers['content-length'].to_i)), number)
  end

  class << self
    def response(body, status: '200 OK', type: 'application/json')
      "HTTP/1.1 #{status}\r\ncontent-type: #{type}\r\ncontent-length: #{body.bytesize}\r\n\r\n#{body}"
    end
  end

  def reply(socket, body)
    socket.write(StubServer.response(body))
  end
end

# What the service would answer, as far as the plugin can tell: first contacts by event time and id, a registration
# for the names that have one.
class StubService
  attr_reader :registrations, :risks
  # No alert but those of a first contact.
  attr_accessor :plain

  def initialize(registrations: {}, risks: {})
    @registrations = registrations
    @risks = risks
    @contacts = {}
  end

  def answer(items)
    order = items.each_with_index.sort_by { |item, i| [Time.iso8601(item['at'] || Time.now.utc.iso8601), i] }
    order.map { |item, i| [i, one(item)] }.sort_by(&:first).map(&:last)
  end

  private

  def one(item)
    name = item['name'].strip.downcase.delete_suffix('.')
    return { 'name' => item['name'], 'status' => 'invalid' } if name.empty? || name == '*'

    domain = name.split('.').last(2).join('.')
    at = Time.iso8601(item['at'] || Time.now.utc.iso8601(3))
    first = contact([item['scope'], domain], at, item['id'])
    facts(name, domain, at, first, item)
  end

  def contact(key, at, id)
    known = @contacts[key]
    return (@contacts[key] = { :id => id, :seen => at }) && true if known.nil?

    known[:seen] = [known[:seen], at].min
    !id.nil? && known[:id] == id
  end

  def facts(name, domain, at, first, item)
    seen = @contacts[[item['scope'], domain]][:seen]
    answer = {
      'name' => name, 'domain' => domain, 'status' => 'ok', 'public_suffix' => domain.split('.').last,
      'first_contact' => first, 'first_seen' => seen.iso8601(3), 'last_seen' => at.iso8601(3), 'days_since_first_seen' => ((at - seen) / 86_400).floor,
      'scope' => item['scope'], 'alerts' => @plain ? [] : ['LOW-FREQ-SCORES'], 'alert_reasons' => @plain ? [] : ['low'], 'risk' => 'none', 'risk_reasons' => []
    }
    sub = name.delete_suffix(domain).delete_suffix('.')
    answer['subdomain'] = sub unless sub.empty?
    alert_first(answer, @risks[domain]) if first
    registered(answer, at, @registrations[domain]) if @registrations.key?(domain)
    answer
  end

  def alert_first(answer, risk)
    answer['alerts'] = %w[FIRST-CONTACT COMMUNITY-FIRST-CONTACT] + answer['alerts']
    answer['alert_reasons'] = %w[first everybody] + answer['alert_reasons']
    answer['risk'] = risk if risk
    answer['risk_reasons'] = ['a reason'] if risk
  end

  def registered(answer, at, created)
    days = ((at - Time.iso8601(created)) / 86_400).floor
    answer['registration'] = { 'status' => 'found', 'created' => created, 'age_days' => days }
    answer['category'] = days < 30 ? 'baby' : 'new'
  end
end
