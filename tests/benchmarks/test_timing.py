import torch
from threadpoolctl import threadpool_info

from benchmarks.timing import alternate, machine, median_ms, one_thread


def test_warm_up_is_called_but_not_counted():
    calls = []
    assert median_ms(lambda: calls.append(1), runs=3, warm_up=2) >= 0
    assert len(calls) == 5


def test_functions_take_turns():
    order = []
    taken = alternate({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, runs=2)
    assert order == ["a", "b"] * 3
    assert set(taken) == {"a", "b"}


def test_one_thread_is_set_and_set_back():
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert torch.get_num_threads() == before


def test_machine_names_processor_and_versions():
    described = machine()
    assert described["cpu"]
    assert described["cores"] >= 1
    assert described["torch"] == torch.__version__
