from ui.fields import while_shown


def test_a_field_acts_until_what_it_shows_comes_from_elsewhere(state):
    taken = []
    act = while_shown(state, lambda value, *, held: taken.append((value, held)))
    act(1, held=True)
    state.lab.put(state.lab.bias)
    act(2, held=False)
    state.given += 1
    act(3, held=False)
    assert taken == [(1, True)]
