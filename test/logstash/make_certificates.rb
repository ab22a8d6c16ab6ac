# encoding: utf-8

# Writes an authority, a certificate of it for 127.0.0.1 with its key, and another authority into a folder.

require_relative 'certificates'

folder = ARGV.fetch(0)
authority = Certificates.authority('ours')
certificate, key = authority.issue('IP:127.0.0.1')
{
  'authority.pem' => authority.certificate, 'other.pem' => Certificates.authority('other').certificate,
  'server.pem' => certificate, 'server.key' => key
}.each { |name, content| File.write(File.join(folder, name), content.to_pem) }
