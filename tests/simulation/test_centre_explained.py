"""Whatever is asked of whatever happened: the records behind a figure recount to it."""

from tests.contract.centre import CENTRE
from tests.contract.doors import Doors
from tests.contract.explained import SIDES, check_figure, explained
from tests.simulation.delivery import every_seed
from tests.simulation.questions import ZONES
from tests.simulation.test_centre_exactness import CentreHistory, some_question
from wallboard.errors import InvalidRequest
from wallboard.runtime import wiring

FIGURES = 3
"""How many of each answer are followed, of every seed."""


@every_seed
def test_the_records_of_any_figure_recount_to_it(seed: int) -> None:
    history, followed = CentreHistory(seed), 0
    chance, doors = history.chance, Doors(history.world)
    wiring.use(history.world.parts)
    for id in CENTRE:
        zone = chance.choice(ZONES)
        asked = some_question(history, zone, id)
        asked = {name: value for name, value in asked.items() if name != "compare"} | {"timezone": zone}
        try:
            answer = history.world.ask(id, **asked)
        except InvalidRequest:
            continue
        row = chance.choice([None, *answer["rows"]])
        told = explained(doors, id, **asked, **({"row": row} if row else {}))["figures"]
        assert {name: each["value"] for name, each in told.items()} == (row["values"] if row else answer["totals"])
        for name in chance.sample(sorted(told), FIGURES) if len(told) > FIGURES else told:
            check_figure(doors, name, told[name], take=chance.choice([2, 50, 1_000]))
            followed += any(part["value"] for side, part in told[name].items() if side in SIDES)
    assert followed > FIGURES
