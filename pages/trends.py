"""Placeholder until the page is written."""

from pages.parts.view import View


def render(view: View) -> None:
    """Nothing yet."""


if __name__ == "__main__":
    from dashboard import main

    main()
