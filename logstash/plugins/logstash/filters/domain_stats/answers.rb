# encoding: utf-8

require 'json'

module DomainStatsFilter
  # Reads the answers of one request. A service that answers something else than it was asked must not put a wrong
  # fact into an event, so everything that can be checked is.
  module Answers
    STATUSES = %w[invalid ip internal suppressed suffix pending ok].freeze
    GROUPS = %w[registration rank suffix entropy freq lookalike community].freeze
    LISTS = %w[pending alerts alert_reasons risk_reasons].freeze

    module_function

    # One entry for each question: an answer (Hash), or a problem (String: why this item was refused).
    def read(response, questions)
      raise Unavailable, "the service answered #{response.status}" unless response.status == 200
      raise Unavailable, "the answer is #{response.type.empty? ? 'of no type' : response.type}, not JSON" unless response.type == 'application/json'

      list = parse(response.body)
      raise Unavailable, 'the answer is no list' unless list.is_a?(Array)
      raise Unavailable, "#{list.length} answers to #{questions.length} questions" unless list.length == questions.length

      list.zip(questions).map { |answer, question| check(answer, question) }
    end

    def parse(body)
      JSON.parse(body.dup.force_encoding(Encoding::UTF_8))
    rescue JSON::ParserError, EncodingError
      raise Unavailable, 'the answer is broken JSON'
    end

    def check(answer, question)
      raise Unavailable, 'an answer is no object' unless answer.is_a?(Hash)
      return problem(answer) if answer['status'].is_a?(Integer)

      raise Unavailable, 'an answer has no known status' unless STATUSES.include?(answer['status'])
      raise Unavailable, 'an answer is about another name' unless about?(answer, question)
      raise Unavailable, 'an answer has a field of the wrong type' unless well_typed?(answer)

      answer
    end

    def problem(answer)
      "#{answer['status']} #{answer['title']}".strip
    end

    # Names that IDNA or the address reader rewrites cannot be compared here.
    def about?(answer, question)
      name = answer['name']
      return false unless name.is_a?(String)
      return true if answer['status'] == 'ip' || !question.text.ascii_only?

      asked = Names.fold(question.text)
      asked.include?('xn--') || Names.fold(name) == asked
    end

    def well_typed?(answer)
      first = answer['first_contact']
      (first.nil? || first == true || first == false) &&
        GROUPS.all? { |group| answer[group].nil? || answer[group].is_a?(Hash) } &&
        LISTS.all? { |list| answer[list].nil? || answer[list].is_a?(Array) }
    end
  end
end
