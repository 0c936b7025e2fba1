"""How many statements a piece of work sends to the database."""

from contextlib import contextmanager

from sqlalchemy import event, text


@contextmanager
def statements(work):
    """The statements sent inside the block; beginning the unit of work is not one of them."""
    work.session.execute(text("SELECT 1"))
    engine = work.session.get_bind()
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
