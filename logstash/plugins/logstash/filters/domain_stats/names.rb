# encoding: utf-8

module DomainStatsFilter
  # What the plugin has to know of names before it asks. The service has the last word on every name: nothing here
  # decides an answer, only which field is asked about, which names are one, and which are the site's own.
  module Names
    IPV4 = /\A(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\z)|\.?\z)){4}\z/.freeze
    # A port, a URL, a mail address, a control character, a template that found no field.
    NO_NAME = /[:\/@\u0000-\u001f\u007f-\u009f]|%\{/.freeze
    # The dots of UTS #46.
    DOTS = /[.\u3002\uff0e\uff61]/.freeze

    module_function

    # Strings of a field's value, in order; a field may hold a list.
    def texts(value)
      case value
      when String then [value.valid_encoding? ? value : value.scrub]
      when Array then value.flat_map { |one| texts(one) }
      else []
      end
    end

    # One spelling for names that differ only in ASCII case, a final dot or blanks around them. Other letters are left
    # alone: folding them is IDNA's business, and the service's.
    def fold(text)
      text.strip.tr('A-Z', 'a-z').delete_suffix('.')
    end

    # Whether a text can be the main name of an event. An address or garbage is passed over when a later field has
    # a name.
    def usable?(text)
      bare = text.strip
      return false if bare.empty? || bare == '*' || bare.match?(NO_NAME) || bare.match?(IPV4)

      labels = bare.sub(/#{DOTS}\z/, '').split(DOTS, -1)
      labels.none?(&:empty?) && labels.none? { |label| label.ascii_only? && label.bytesize > 63 } && bare.bytesize <= 254
    end

    # Whether a name is one of the zones or lies below one; whole labels count.
    def in_zones?(folded, zones)
      return false if zones.empty?

      rest = folded
      until rest.nil?
        return true if zones.include?(rest)

        rest = rest.split('.', 2)[1]
      end
      false
    end

    # Dotted name of a field reference: `[dns][question][name]` is `dns.question.name`.
    def dotted(reference)
      path(reference).join('.')
    end

    def path(reference)
      reference.start_with?('[') ? reference.scan(/\[([^\[\]]*)\]/).flatten : [reference]
    end

    # References under which a field may stand in an event: nested, and with dots in some or all of its keys, as
    # shippers write them.
    def spellings(reference)
      keys = path(reference)
      keys = keys.first.split('.') if keys.length == 1
      return [reference] if keys.length == 1 || keys.length > 4

      (0...(1 << (keys.length - 1))).map do |joints|
        parts = keys.each_with_index.with_object([]) do |(key, i), out|
          joints[i - 1] == 1 && i.positive? ? out[-1] = "#{out[-1]}.#{key}" : out << key
        end
        parts.map { |part| "[#{part}]" }.join
      end
    end
  end
end
