"""A form as a browser reads it from a page, filled in and sent, without a browser."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The fields of the form that is posted, with what stands in each."""

    def __init__(self):
        super().__init__()
        self.fields, self.action, self._inside, self._text, self._select = [], None, False, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._inside = given.get("method") == "post" and self.action is None
            self.action = given.get("action") if self._inside else self.action
        if not self._inside:
            return
        name = given.get("name")
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self._text = [name, ""]
        elif tag == "select":
            self._select = [name, None]
        elif tag == "option" and (self._select[1] is None or "selected" in given):
            self._select[1] = given.get("value") or ""

    def handle_data(self, data):
        if self._text:
            self._text[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._text:
            self.fields.append(tuple(self._text))
            self._text = None
        if tag == "select" and self._select:
            self.fields.append(tuple(self._select))
            self._select = None


def form_on(page):
    """The address and the fields of the first form on a page that is posted."""
    read = _Fields()
    read.feed(page.text)
    return read.action, read.fields


def send(client, page, **filled):
    """Fill in some fields (``__`` for ``-``; a list: several ticks; ``None``: not sent) and send the form."""
    action, fields = form_on(page)
    wanted = {name.replace("__", "-"): value for name, value in filled.items()}
    kept = [(name, text) for name, text in fields if name not in wanted]
    for name, value in wanted.items():
        if value is not None:
            kept += [(name, each) for each in (value if isinstance(value, list) else [value])]
    data = {}
    for name, text in kept:
        data.setdefault(name, []).append(text)
    return client.post(action, data=data)


def sent(client, path, **filled):
    """Open a page, fill in its form as `send` does, and send it."""
    page = client.get(path)
    assert page.status_code == 200
    return send(client, page, **filled)


def refused(answer, *told):
    """Hold that a form came back, with all that is to be told of it."""
    assert answer.status_code == 422
    for words in told:
        assert words in answer.text
