# encoding: utf-8

require 'fileutils'
require 'openssl'

# Certificates for one test run.
class Certificates
  attr_reader :certificate

  def self.authority(name)
    (@authorities ||= {})[name] ||= new(name)
  end

  # Making a key is slow, most of all in Java; all issued certificates share one.
  def self.key
    @key ||= OpenSSL::PKey::RSA.new(2048)
  end

  def initialize(name)
    @key = OpenSSL::PKey::RSA.new(2048)
    @certificate = draft("/CN=#{name}", @key)
    extend_with(@certificate, @certificate, 'basicConstraints' => ['CA:TRUE', true], 'keyUsage' => ['keyCertSign', true])
    @certificate.sign(@key, OpenSSL::Digest.new('SHA256'))
  end

  # A certificate and its key for a host (`DNS:…` or `IP:…`).
  def issue(host)
    key = Certificates.key
    certificate = draft("/CN=#{host.split(':').last}", key)
    extend_with(certificate, @certificate, 'subjectAltName' => [host, false])
    certificate.sign(@key, OpenSSL::Digest.new('SHA256'))
    [certificate, key]
  end

  private

  def draft(subject, key)
    OpenSSL::X509::Certificate.new.tap do |certificate|
      certificate.version = 2
      certificate.serial = rand(1 << 60)
      certificate.subject = OpenSSL::X509::Name.parse(subject)
      certificate.issuer = @certificate ? @certificate.subject : certificate.subject
      certificate.public_key = key.public_key
      certificate.not_before = Time.now - 3600
      certificate.not_after = Time.now + 86_400
    end
  end

  def extend_with(certificate, issuer, extensions)
    factory = OpenSSL::X509::ExtensionFactory.new(issuer, certificate)
    extensions.each { |name, (value, critical)| certificate.add_extension(factory.create_extension(name, value, critical)) }
  end
end
