"""Reads the words of statements that are not parsed as a tree: COPY, GRANT, …"""

from __future__ import annotations

from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.redshift.statement_errors import StatementFailed

_TEXT = (TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.RAW_STRING)
_SIGNS = (TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.DOT)


class Reader:
    """A cursor over the tokens of a statement. Errors contain the unexpected word."""

    def __init__(self, words: list[Token], sql: str) -> None:
        self._words = words
        self._at = 0
        self.sql = sql

    @property
    def done(self) -> bool:
        """Whether every word has been read."""
        return self._at >= len(self._words)

    def peek(self) -> str:
        """Return the next word in upper case; empty at the end and before a quoted string."""
        if self.done or self._words[self._at].token_type in _TEXT:
            return ""
        return str(self._words[self._at].text).upper()

    def next_is_text(self) -> bool:
        """Return whether a quoted string is next."""
        return not self.done and self._words[self._at].token_type in _TEXT

    def accept(self, *words: str) -> bool:
        """Read `words` if all of them are next. Return whether they were read."""
        start = self._at
        for word in words:
            if self.peek() != word:
                self._at = start
                return False
            self._at += 1
        return True

    def expect(self, *words: str) -> None:
        """Read `words`. Raises StatementFailed if they are not next."""
        for word in words:
            if not self.accept(word):
                raise self.unexpected()

    def text(self) -> str:
        """Read a quoted string. Return its value without the quotes."""
        if not self.next_is_text():
            raise self.unexpected()
        self._at += 1
        return str(self._words[self._at - 1].text)

    def word(self) -> str:
        """Read an unquoted word. Return it in upper case."""
        if self.done or self.next_is_text() or self._words[self._at].token_type in _SIGNS:
            raise self.unexpected()
        self._at += 1
        return str(self._words[self._at - 1].text).upper()

    def name(self) -> str:
        """Read a name. Return it in lower case."""
        return self.word().lower()

    def qualified_name(self) -> tuple[str, ...]:
        """Read `name` or `schema.name`."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return tuple(parts)

    def number(self) -> int:
        """Read an integer."""
        word = None if self.done else self._words[self._at]
        if word is None or word.token_type != TokenType.NUMBER or not word.text.isdecimal():
            raise self.unexpected()
        return int(self.word())

    def names(self) -> list[str]:
        """Read names separated by commas."""
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return found

    def end(self) -> None:
        """Raise StatementFailed if a word follows."""
        if not self.done:
            raise self.unexpected()

    def rest(self) -> str:
        """Return the text from the next word to the end of the statement."""
        return "" if self.done else self.sql[self._words[self._at].start :]

    def inside(self) -> str:
        """Return the text up to the bracket that closes the one that was read, and read it."""
        start, depth = self._at, 1
        while not self.done:
            sign = self._words[self._at].token_type
            depth += (sign == TokenType.L_PAREN) - (sign == TokenType.R_PAREN)
            self._at += 1
            if depth == 0:
                return self._between(start, self._at - 1)
        raise self.unexpected()

    def until(self, *words: str) -> str:
        """Return the text up to one of `words`, which is not read."""
        start = self._at
        while not self.done and self.peek() not in words:
            self._at += 1
        if self._at == start:
            raise self.unexpected()
        return self._between(start, self._at)

    def _between(self, start: int, end: int) -> str:
        if start == end:
            return ""
        return self.sql[self._words[start].start : self._words[end - 1].end + 1]

    def unexpected(self) -> StatementFailed:
        """Return the error for an unexpected word."""
        if self.done:
            return StatementFailed("ERROR: syntax error at end of input")
        word = self._words[self._at]
        return StatementFailed(
            f'ERROR: syntax error at or near "{word.text}" Position: {word.start + 1}'
        )
