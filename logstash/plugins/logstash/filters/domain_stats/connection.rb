# encoding: utf-8

require 'openssl'
require 'socket'
require 'uri'

module DomainStatsFilter
  # The service could not be asked or did not answer as it must; the message says why and names no domain.
  class Unavailable < StandardError; end

  # The service closed a kept connection before it answered anything.
  class Stale < Unavailable; end

  # One kept HTTP/1.1 connection, for one thread.
  #
  # Why not Net::HTTP: its time-outs count from byte to byte, so a server that sends one byte a second holds a pipeline
  # worker as long as it likes, in the header, in a chunk size or in a TLS handshake. Here every step, from the
  # resolver to the last byte, waits no longer than what is left until the deadline.
  class Connection
    READ_BYTES = 65_536
    MAX_HEAD_BYTES = 65_536
    MAX_BODY_BYTES = 64 * 1024 * 1024
    # What sockets, the resolver and TLS raise.
    FAULTS = [SystemCallError, SocketError, IOError, OpenSSL::SSL::SSLError].freeze

    Response = Struct.new(:status, :headers, :body) do
      def type
        headers.fetch('content-type', '').split(';').first.to_s.strip.downcase
      end
    end

    def self.now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    def initialize(uri, tls: nil)
      @host = uri.hostname
      @port = uri.port
      @tls = tls
      authority = uri.hostname.include?(':') ? "[#{uri.hostname}]" : uri.hostname
      @host_header = uri.port == uri.default_port ? authority : "#{authority}:#{uri.port}"
      @buffer = String.new(encoding: Encoding::BINARY)
    end

    # Sends one request and gives the whole answer, or raises Unavailable. `deadline` is a time of the monotonic clock.
    def post(target, body, headers, deadline)
      reused = !@socket.nil?
      begin
        exchange(target, body, headers, deadline)
      rescue Stale
        # An idle connection that was closed in the meantime. Asking again is safe: ids make a repeated event the same.
        raise unless reused

        exchange(target, body, headers, deadline)
      end
    end

    def close
      @socket&.close
    rescue *FAULTS
      nil
    ensure
      @socket = nil
      @buffer.clear
    end

    private

    def exchange(target, body, headers, deadline)
      done = false
      open(deadline) if @socket.nil?
      write(head(target, body, headers) + body.b, deadline)
      response, keep = read_response(deadline)
      done = keep
      response
    rescue *FAULTS => e
      raise Unavailable, "#{e.class}: #{e.message}"
    ensure
      close unless done
    end

    def head(target, body, headers)
      lines = ["POST #{target} HTTP/1.1", "host: #{@host_header}", "content-length: #{body.bytesize}"]
      headers.each { |name, value| lines << "#{name}: #{value}" }
      (lines.join("\r\n") + "\r\n\r\n").b
    end

    # -- opening --------------------------------------------------------------------------------------------------

    # Tries the addresses of the host in turn; one that swallows packets gets only its share of the time.
    def open(deadline)
      last = Unavailable.new('the host name has no address')
      found = addresses(deadline)
      found.each_with_index do |address, i|
        socket = connect(address, Connection.now + left(deadline) / (found.length - i))
        @socket = @tls ? handshake(socket, deadline) : socket
        return
      rescue SystemCallError, Unavailable => e
        last = e
      end
      raise last
    end

    # The system's resolver cannot be interrupted; a thread of its own can be left behind.
    def addresses(deadline)
      lookup = Thread.new { Addrinfo.getaddrinfo(@host, @port, nil, :STREAM) }
      lookup.report_on_exception = false
      raise Unavailable, 'deadline passed while the host name was resolved' if lookup.join(left(deadline)).nil?

      lookup.value
    end

    def connect(address, deadline)
      socket = Socket.new(address.afamily, Socket::SOCK_STREAM, 0)
      if socket.connect_nonblock(address.to_sockaddr, exception: false) == :wait_writable
        wait(:writable, socket, deadline, 'connecting')
        error = socket.getsockopt(Socket::SOL_SOCKET, Socket::SO_ERROR).int
        raise SystemCallError.new('connect', error) unless error.zero?

        finish_connect(socket, address)
      end
      socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
      connected = socket
    ensure
      socket&.close if connected.nil?
    end

    # The second call tells the Java socket that it is connected; the C socket says EISCONN.
    def finish_connect(socket, address)
      socket.connect_nonblock(address.to_sockaddr, exception: false)
    rescue Errno::EISCONN
      nil
    end

    def handshake(socket, deadline)
      tls = OpenSSL::SSL::SSLSocket.new(socket, @tls)
      tls.sync_close = true
      # An address is no server name (RFC 6066).
      tls.hostname = @host unless @host.match?(/\A[\d.]+\z|:/)
      secure(tls, deadline)
      tls.post_connection_check(@host) if @tls.verify_mode == OpenSSL::SSL::VERIFY_PEER
      ready = tls
    ensure
      socket.close if ready.nil?
    end

    def secure(tls, deadline)
      loop do
        case tls.connect_nonblock(exception: false)
        when :wait_readable then wait(:readable, tls, deadline, 'the TLS handshake')
        when :wait_writable then wait(:writable, tls, deadline, 'the TLS handshake')
        else return
        end
      end
    end

    # -- reading and writing --------------------------------------------------------------------------------------

    def write(bytes, deadline)
      until bytes.empty?
        case (count = @socket.write_nonblock(bytes, exception: false))
        when :wait_writable then wait(:writable, @socket, deadline, 'sending')
        when :wait_readable then wait(:readable, @socket, deadline, 'sending')
        else bytes = bytes.byteslice(count..-1)
        end
      end
    rescue Errno::EPIPE, Errno::ECONNRESET, IOError => e
      raise Stale, "connection closed while sending (#{e.class})"
    end

    # Appends what has arrived to the buffer; false at the end of the stream.
    def fill(deadline)
      loop do
        raise Unavailable, 'deadline passed while the answer was read' if left(deadline) <= 0

        case (chunk = @socket.read_nonblock(READ_BYTES, exception: false))
        when :wait_readable then wait(:readable, @socket, deadline, 'waiting for the answer')
        when :wait_writable then wait(:writable, @socket, deadline, 'waiting for the answer')
        when nil then return false
        else
          @buffer << chunk
          return true
        end
      end
    rescue EOFError, Errno::ECONNRESET
      false
    rescue OpenSSL::SSL::SSLError => e
      # OpenSSL 3 calls a missing close-notify an error.
      raise unless e.message.match?(/eof/i)

      false
    end

    def wait(direction, socket, deadline, doing)
      io = [socket.to_io]
      seconds = left(deadline)
      ready = seconds.positive? && (direction == :readable ? IO.select(io, nil, nil, seconds) : IO.select(nil, io, nil, seconds))
      raise Unavailable, "deadline passed while #{doing}" unless ready
    end

    def left(deadline)
      deadline - Connection.now
    end

    # -- the answer -----------------------------------------------------------------------------------------------

    def read_response(deadline)
      status, headers = read_head(deadline)
      # RFC 9110: interim answers come before the one that counts.
      status, headers = read_head(deadline) while status.between?(100, 199)
      body, delimited = read_body(status, headers, deadline)
      keep = delimited && @buffer.empty? && headers['connection'].to_s.downcase != 'close'
      [Response.new(status, headers, body), keep]
    end

    def read_head(deadline)
      until (size = @buffer.index("\r\n\r\n"))
        raise Unavailable, 'the header of the answer is too long' if @buffer.bytesize > MAX_HEAD_BYTES
        next if fill(deadline)

        raise Stale, 'connection closed without an answer' if @buffer.empty?

        raise Unavailable, 'connection closed within the header'
      end
      lines = @buffer.slice!(0, size + 4).force_encoding(Encoding::UTF_8).scrub.split("\r\n")
      status = lines.shift.to_s[%r{\AHTTP/1\.1 (\d{3})(?: |\z)}, 1] or raise Unavailable, 'the answer is not HTTP/1.1'
      [status.to_i, lines.to_h { |line| line.split(':', 2).then { |name, value| [name.to_s.strip.downcase, value.to_s.strip] } }]
    end

    # The body, and whether the connection is still in step after it.
    def read_body(status, headers, deadline)
      return ['', true] if [204, 304].include?(status)
      return [read_chunks(deadline), true] if headers['transfer-encoding'].to_s.downcase == 'chunked'
      return [take(length_of(headers), deadline), true] if headers.key?('content-length')

      limit(@buffer.bytesize) while fill(deadline)
      [@buffer.slice!(0, @buffer.bytesize), false]
    end

    def length_of(headers)
      text = headers['content-length']
      raise Unavailable, 'the answer has no readable length' unless text.match?(/\A\d{1,12}\z/)

      limit(text.to_i)
    end

    def read_chunks(deadline)
      body = String.new(encoding: Encoding::BINARY)
      loop do
        size = take_line(deadline)[/\A\h{1,8}/] or raise Unavailable, 'the answer has a broken chunk'
        break if size.hex.zero?

        body << take(limit(size.hex), deadline)
        limit(body.bytesize)
        take_line(deadline)
      end
      nil until take_line(deadline).empty?
      body
    end

    def take(count, deadline)
      until @buffer.bytesize >= count
        raise Unavailable, 'connection closed within the answer' unless fill(deadline)
      end
      @buffer.slice!(0, count)
    end

    def take_line(deadline)
      until (size = @buffer.index("\r\n"))
        raise Unavailable, 'the answer has a broken chunk' if @buffer.bytesize > MAX_HEAD_BYTES
        raise Unavailable, 'connection closed within the answer' unless fill(deadline)
      end
      @buffer.slice!(0, size + 2).chomp("\r\n")
    end

    def limit(bytes)
      raise Unavailable, 'the answer is too long' if bytes > MAX_BODY_BYTES

      bytes
    end
  end
end
