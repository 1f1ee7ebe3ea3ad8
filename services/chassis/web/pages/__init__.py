"""Pages: what a service shows to people in a browser, beside its API. How to write one: README.md.

    pages = Pages("desk_pages", __name__, url_prefix="/ban")

    @pages.get("")
    @session.requires("officer", "director")
    def desk() -> str:
        return render_template("feedback/desk/desk.html", rows=…)

Each service draws its own pages and serves its own copies of styles and scripts; no page needs another service to be drawn (decision 67).
"""
