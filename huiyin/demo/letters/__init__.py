"""The demonstration's letters, all of them invented, by where they have got to."""

from huiyin.demo.letters.answered import ANSWERED
from huiyin.demo.letters.handled import HANDLED
from huiyin.demo.letters.reviewed import REVIEWED
from huiyin.demo.letters.waiting import WAITING
from huiyin.demo.script import Told

LETTERS: tuple[Told, ...] = (*WAITING, *HANDLED, *ANSWERED, *REVIEWED)
