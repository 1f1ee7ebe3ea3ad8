"""HTTP for a service: Flask and flask-smorest on nameko's web server.

    # service.py                                          # api.py
    class Registration:                                   declarations = Blueprint("declarations", url_prefix="/declarations")
        name = "registration"
        http = Http(api.blueprints)                       @declarations.route("", methods=["POST"])
                                                          @declarations.arguments(Declaration)
                                                          @declarations.idempotent
                                                          @declarations.response(201, Accepted)
                                                          def create(data, session): …

                                                          blueprints = [declarations]

`extension.Http` is the only part that needs eventlet; `app.create_app` gives the same application to a test client.
"""
