"""What vulture takes for unused and is used: by a library, by name, or by whoever reads a row. `make lint` looks here."""

from typing import Any

_: Any = None
# fmt: off

# fields of facts: the declaration names them for the wire, and readers find them there
(
    _.issued_at, _.reopened_at, _.previous_category_code, _.previous_board_code, _.recategorised_at, _.marked_at, _.made_at, _.asked_province_code,
    _.requested_at, _.delivered_at, _.failed_at, _.decided_office_code, _.fee, _.remarks, _.draft_id, _.case_no,
    _.opened_at, _.scores, _.message_no, _.gateway, _.confirmed_at, _.remove_email, _.granted_by, _.has_own_id, _.password_failure,
    _.password_failed, _.noticed_at, _.supplemented_at, _.renewed_at, _.password_held,
)

# fields of requests and answers: marshmallow reads and writes them by name
(
    _.current_password, _.title_en, _.detail_en, _.message_vi, _.message_en, _.drafted_at, _.drafted_by, _.tracking_code,
    _.waiting_until, _.seen_by_board, _.reopen_reason, _.rating_comment, _.coordinations, _.complaint_nos,
    _.in_time_percent, _.reminded, _.boards, _.weeks, _.file_names, _.deadline_missed, _.commitment, _.by_office,
    _.holder_office_code, _.received_office_code, _.contacts, _.tags, _.applicant, _.by_desk, _.offices_inside, _.odd_fields, _.hgd_advice,
    _.address_text, _.secrets_undelivered, _.withdrawable, _.untimed, _.minutes_percent, _.days_percent,
    _.recovery_code, _.enrolment_code, _.recovery_codes_left, _.list_days,
)

# urllib calls it by name
(_.redirect_request,)

# named in a string: its module draws pictures, and is imported only where that is done
(_.make_files,)

# read by pi-heif
(_.DECODE_THREADS,)

# what Amazon SNS and Twilio call their fields
(
    _.Type, _.TopicArn, _.SigningCertURL, _.SignatureVersion, _.MessageSid, _.MessageStatus, _.ErrorCode,
)

# columns that are written for whoever looks into a case later
(
    _.end_reason, _.decided_by, _.asked_by,
)

# read with getattr or by reflection: the caller's id, attributes of the envelope, counts of a run
(
    _.principal_id, _.dataschema, _.causationid, _.sms_repeated, _.taken_up, _.questions_asked, _.dropped_copies, _.servers_cpu_seconds,
)

# openpyxl's
(
    _.paperSize, _.smooth,
)

# structlog and logging
(
    _.fatal, _.handleError,
)

# SQLAlchemy's and psycopg's
(
    _.process_bind_param, _.process_result_value, _.impl, _.cache_ok, _.inherit_cache, _.prepared_max,
    _.use_insertmanyvalues_wo_returning, _.MAX_CACHED_STATEMENT_LENGTH, _.MAX_CACHED_STATEMENT_PARAMS, _.isolation_level,
    _.autocommit,
)

# marshmallow's, apispec's, webargs' and flask-smorest's
(
    _.field2range, _.field2pattern, _.field_mapping, _.Converter, _.obj, _._raw_load_json, _.ARGUMENTS_PARSER,
    _.ERROR_SCHEMA, _.DEFAULT_RESPONSE_CONTENT_TYPE,
)

# Flask's, its JSON provider's and webargs'
(
    _.log_exception, _.ensure_ascii, _.sort_keys, _.json_provider_class, _.jinja_environment, _.max_content_length, _.testing,
    _.load_headers,
)

# Jinja's
(_.bytecode_cache, _.load_bytecode, _.dump_bytecode)

# eventlet's server, http.server's and socketserver's
(
    _._read_request_line, _.close_connection, _.keepalive, _.squelch_timer_exception, _.protocol_version,
    _.disable_nagle_algorithm, _.daemon_threads,
)

# kombu's, py-amqp's, pika's and nameko's
(
    _.initial, _._on_blocked, _.on_unblocked, _.auto_decode, _.socket_timeout, _.stack_timeout, _.connection_attempts, _.blocked_connection_timeout,
    _.client_properties, _.get_dependency, _.worker_teardown, _.queue_arguments,
)

# typer reads a command's options here
(
    _.__signature__,
)

# psycopg's wait function, whose third parameter is named so
(
    _.interval,
)

# requests', pybreaker's and Twilio's
(
    _.trust_env, _.state_change, _.base_url,
)

# ReportLab's fonts and pictures
(
    _.assignments, _.nextCode, _.internalName, _.frozen, _.useA85, _.addObjects, _.jpeg_fh,
)

# openpyxl's and matplotlib's
(
    _.creator, _.modified, _.number_format, _.alignment, _.freeze_panes, _.fitToHeight, _.pageSetUpPr, _.print_title_rows,
    _.overlap,
)

# pytest-xdist's scheduler, hypothesis' state machine, the interpreter's
(
    _._split_scope, _.teardown, _.dont_write_bytecode,
)

# started by their names, as `module:Class`
(
    _.Elsewhere, _.Target, _.Archive, _.DyingDesk,
)

# never come to be: declaring them is refused, or shows what would be
(
    _.Wrong, _.Careless, _.provider_code,
)

# protocols: what has this shape is called through another name
(
    _.__call__,
)

# values of enums that schemas show
(
    _.MOBILE_DESK, _.REGISTER, _.STOP,
)

# what SQLAlchemy and psycopg read
(
    _.is_disconnect, _.invalidate_pool_on_disconnect, _.prepare_threshold,
)

# what py-amqp and kombu call, and a setting that is read by its name
(
    _.on_unblocked, _._on_blocked, _.TlsTransport, _.TRANSPORT_ALIASES, _.rabbitmq_management_url, _.migration_database_url,
)

# fixtures that a test asks for by naming them
(
    _.restored, _.credentials,
)

# figures and moments of reports: read by their names in a layout or a schema; rendered in a child process by the function's name
(
    _.made_at, _.untimed, _.minutes_percent, _.days_percent, _.make_files,
)

# figures of a trial's report, written as JSON
(
    _.last_share, _.p50_before, _.p99_before, _.p99_until_the_shift, _.road_errors,
)

# called by joserfc by the claim's name
(
    _.validate_iat,
)

# read by marshmallow of a schema's Meta, and called by flask-smorest
(
    _.exclude, _._openapi_json,
)

# fields of answers
(
    _.this_device, _.code_sent,
)

# kept by Flask, of a request and of a session
(
    _.device_is_new, _.permanent,
)
# of py-amqp and pika, and a setting that production looks up by its name
(_._wrap_socket, _.ssl_options, _.plain_hosts)

# of pages: read by templates (`page`, `form`), set on Flask's application and session, called by Jinja and Flask-WTF
(
    _.session_seconds, _.session_age, _.keeping, _.other_language, _.officers_help_line, _.person, _.notices, _.is_here, _.autocomplete, _.inputmode,
    _.secret_key, _.session_interface, _.jinja_loader, _.permanent, _._error_response, _.ngettext, _.is_sent, _.add_error, _.links, _.hand_over,
    _.take_back,
)

# of the desk of complaints: read by templates, and fields of answers
(_.button, _.STATUS, _.owner_name, _.writer_name)

# of the mailbox, questions and the boards' matrix: columns, and fields that are asked for by name
(_.read_at, _.automatic, _.question_en, _.answer_en, _.cot, _.tinh, _.ban, _.sent_at, _.forgotten_at)
