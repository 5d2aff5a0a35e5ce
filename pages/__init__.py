"""One module per page: `render(view)` reads the view, calls the library, places elements, explains."""
