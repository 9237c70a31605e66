"""An answer as an office writes it."""

from huiyin.parts.cases.actions.answering import AnswerText

ANSWER = AnswerText(
    facts="经核实，装配车间四十二人去年十二月至今年二月的工资没有发放。",
    ground="《中华人民共和国劳动法》第五十条",
    decision="所欠工资三月二十日前全部补发，并按规定支付赔偿。",
)
