from collections.abc import Callable
from pathlib import Path

import pytest

from aestream.launching.arguments import check_names, declared_arguments, describe_arguments, parse_assignments
from aestream.launching.errors import LaunchError
from aestream.launching.expression import evaluate
from aestream.launching.locate import find_launch_file
from aestream.launching.parse import parse_file
from aestream.launching.plan import make_plan
from aestream.launching.steps import LoadNode, StartProcess, Step
from aestream.launching.substitute import Scope, expand
from aestream.launching.template import parse_template, split_command

Write = Callable[[str], Path]


def plan(path: Path, environment: dict[str, str] | None = None, **arguments: str) -> list[Step]:
    return make_plan(parse_file(path), arguments, environment or {"HOME": "/home/robot"})


def component(path: Path, **arguments: str) -> LoadNode:
    (step,) = plan(path, **arguments)
    assert isinstance(step, LoadNode)
    return step


def with_parameter(text: str, *, arguments: str = "- arg: {name: x, default: ''}") -> str:
    return f"""
        {arguments}
        - load_composable_node:
            target: box
            composable_node:
              - {{pkg: tiny, plugin: 'tiny::Talker', name: a, param: [{{name: p, {text}}}]}}
    """


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a $(var x) b", "a 1 b"),
        ("$(var $(var name))", "1"),
        ("$(var nothing default)", "default"),
        ("$(var nothing 'two words')", "two words"),
        ('$(var nothing "it\'s $(var x)")', "it's 1"),
        (r"\$(var x)", "$(var x)"),
        ("cost: 5$", "cost: 5$"),
        ("$(env HOME)", "/home/robot"),
        ("$(env NOTHING none)", "none"),
        ("$(dirname)/a", "/launch/a"),
        ("$(not $(equals $(var x) 2))", "true"),
        ("$(and true 0)", "false"),
        ("$(equals 1.0 1)", "true"),
        ("""$(eval '"$(var x)" == "1" and not 2 > 3')""", "True"),
    ],
)
def test_substitutions_follow_the_grammar_of_launch(text: str, expected: str) -> None:
    scope = Scope(
        file=Path("/launch/f.launch.yaml"), variables={"x": "1", "name": "x"}, environment={"HOME": "/home/robot"}
    )
    assert expand(parse_template(text), scope) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$(var y)", r"\$\(var y\): no such variable; known: x"),
        ("$(env Y)", r"\$\(env Y\): no such environment variable"),
        ("$(command ls)", r"substitution \$\(command\) \(known: .*\) is not supported by 'aestream launch'"),
        ("$(var)", r"\$\(var\) takes 1 to 2 argument\(s\), got 0"),
        ("$(var x", r"substitution \$\(var is not closed"),
        ("$(var 'x)", r"missing closing '"),
        ("$( x)", r"expected the name of a substitution"),
        ("$(find-pkg-share no_such_package)", r"no such package"),
        ("$(find-exec no_such_program)", r"no such program on the PATH"),
        ("""$(eval '__import__("os")')""", r"is not allowed in 'aestream launch'"),
    ],
)
def test_a_wrong_substitution_is_one_clear_line(text: str, message: str) -> None:
    scope = Scope(file=Path("/launch/f.launch.yaml"), variables={"x": "1"}, environment={})
    with pytest.raises(LaunchError, match=message) as caught:
        expand(parse_template(text), scope)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("1 < 2 < 3", "True"), ("'a' in ['a', 'b']", "True"), ("4 if False else 2 * 3", "6"), ("-7 // 2", "-4")],
)
def test_expressions_of_constants_are_evaluated(expression: str, expected: str) -> None:
    assert evaluate(expression) == expected


def test_a_command_line_is_split_around_substitutions() -> None:
    scope = Scope(file=Path("/f"), variables={"x": "a b"})
    words = split_command("run --flag=$(var x) 'two words' $(var x)")
    assert [expand(word, scope) for word in words] == ["run", "--flag=a b", "two words", "a b"]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("value: 10", "", 10),
        ("value: '10'", "", "10"),
        ("value: $(var x)", "10", 10),
        ("value: $(var x)", "true", True),
        ("value: $(var x)", "1.5", 1.5),
        ("value: $(var x)", "text", "text"),
        ("value: $(var x)", "", ""),
        ("value: $(var x)", "[1, 2]", [1, 2]),
        ("value: $(var x), type: str", "10", "10"),
        ("value: $(var x), type: float", "10e6", 10e6),
        ("value: $(var x), type: bool", "1", True),
        ("value: [1, $(var x)]", "2", [1, 2]),
        ("value: [a, b]", "", ["a", "b"]),
    ],
)
def test_parameter_values_have_the_types_of_launch_ros(
    write_launch_file: Write, text: str, value: str, expected: object
) -> None:
    actual = component(write_launch_file(with_parameter(text)), x=value).parameters["p"]
    assert actual == expected
    assert type(actual) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "value: $(var x), type: int",
            r"test.launch.yaml:\d+: parameter 'p': expected a value of type int, got 'wide'",
        ),
        ("value: 1, type: str", r"expected a value of type str, got 1"),
        ("value: 1, type: number", r"unknown parameter type 'number'; known: str, bool, "),
        ("value: [1, a]", r"a list has items of one type"),
        ("value: {a: 1}", r"a parameter is a bool, int, float, string or a list of these"),
    ],
)
def test_a_wrong_parameter_value_is_refused(write_launch_file: Write, text: str, message: str) -> None:
    with pytest.raises(LaunchError, match=message):
        component(write_launch_file(with_parameter(text)), x="wide")


def test_parameter_files_and_nested_parameters_apply_to_their_node(write_launch_file: Write, tmp_path: Path) -> None:
    parameters = tmp_path / "p.yaml"
    parameters.write_text(
        "/**: {ros__parameters: {a: 1, b: {c: 2}}}\n/ns/n: {ros__parameters: {a: 5}}\n/m: {ros__parameters: {a: 9}}\n"
    )
    elements = f"""
        - load_composable_node:
            target: /box
            composable_node:
              - pkg: tiny
                plugin: tiny::Talker
                name: n
                namespace: ns
                param: [{{from: {parameters}}}, {{name: d, param: [{{name: e, value: x}}]}}]
                extra_arg: [{{name: use_intra_process_comms, value: 'true'}}]
                remap: [{{from: a, to: b}}]
    """
    step = component(write_launch_file(elements))
    assert step.parameters == {"a": 5, "b.c": 2, "d.e": "x"}
    assert (step.container, step.namespace, step.remap_rules) == ("/box", "/ns", ("a:=b",))
    assert step.extra_arguments == {"use_intra_process_comms": True}


def test_groups_conditions_and_environment_are_scoped(write_launch_file: Write) -> None:
    elements = """
        - arg: {name: mode, default: a}
        - let: {name: v, value: outer}
        - group:
            if: $(equals $(var mode) a)
            children:
              - let: {name: v, value: inner}
              - set_env: {name: E, value: $(var v)}
              - executable: {cmd: echo $(var v)}
        - executable: {cmd: echo $(var v), unless: $(equals $(var mode) a)}
        - executable: {cmd: echo $(var v) last, env: [{name: F, value: f}]}
    """
    first, second = plan(write_launch_file(elements))
    assert isinstance(first, StartProcess)
    assert isinstance(second, StartProcess)
    assert (first.command, first.environment["E"], first.label) == (("echo", "inner"), "inner", "echo-1")
    assert (second.command, second.environment["F"], "E" in second.environment) == (
        ("echo", "outer", "last"),
        "f",
        False,
    )


def test_an_included_file_gets_arguments_and_knows_its_folder(write_launch_file: Write, tmp_path: Path) -> None:
    (tmp_path / "inner.launch.yaml").write_text(
        "launch: [{arg: {name: word}}, {executable: {cmd: echo $(var word) $(dirname)}}]"
    )
    elements = "- include: {file: $(dirname)/inner.launch.yaml, arg: [{name: word, value: hey}]}"
    (step,) = plan(write_launch_file(elements))
    assert isinstance(step, StartProcess)
    assert step.command == ("echo", "hey", str(tmp_path))


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ("- timer: {period: 1.0}", r"test.launch.yaml:2: element 'timer' \(known: arg, .* is not supported by 'aestr"),
        ("- executable: {cmd: ls, respawn: 'true'}", r"attribute 'respawn' of 'executable' .* is not supported"),
        (
            "- executable: {cmd: 'run \"$(filename)\"'}",
            r"No closing quotation in 'run \"'; quotes around a substitution",
        ),
        ("- executable: {name: x}", r"'executable' needs the attribute 'cmd'"),
        ("- executable: {cmd: ls, on_exit: restart}", r"unknown on_exit 'restart'; known: shutdown"),
        ("- arg: {name: x, default: 5}", r"attribute 'default' of 'arg' must be a string, got 5: write it in quotes"),
        ("- arg: {name: x, name: y}", r"attribute 'name' stands twice"),
        ("- arg: {name: x}", r"required launch argument 'x' is missing"),
        ("- executable: {cmd: ls, if: maybe}", r"if: expected one of true, false, 1, 0, got 'maybe'"),
        ("- executable: {cmd: ls, if: '1', unless: '1'}", r"'if' and 'unless' exclude each other"),
        ("- include: {file: other.launch.py}", r"including 'other.launch.py' .* is not supported"),
        ("- include: {file: none.launch.yaml}", r"no such launch file"),
        ("- include: {file: $(filename)}", r"includes itself"),
        ("- node: {pkg: no_such_package, exec: x}", r"test.launch.yaml:2: package 'no_such_package' is not installed"),
        ("- node_container: {pkg: p, exec: x, name: n}", r"'node_container' needs the attribute 'namespace'"),
        ("- [1]", r"expected one element here"),
        ("- arg: {name: 'x}", r"test.launch.yaml:\d+: not YAML"),
    ],
)
def test_whatever_is_wrong_or_unsupported_is_one_line_with_its_place(
    write_launch_file: Write, elements: str, message: str
) -> None:
    with pytest.raises(LaunchError, match=message) as caught:
        plan(write_launch_file(elements))
    assert "\n" not in str(caught.value)


ARGUMENTS = """
    - arg: {name: speed, default: '1.0', description: How fast}
    - arg: {name: mode, default: a, choice: [{value: a}, {value: b}]}
    - arg: {name: path}
"""


def test_arguments_are_shown_with_description_default_and_choices(write_launch_file: Write) -> None:
    text = describe_arguments(declared_arguments(parse_file(write_launch_file(ARGUMENTS)), {}))
    for part in ("speed", "How fast", "default: '1.0'", "one of: a, b", "required"):
        assert part in text


def test_an_unknown_argument_lists_the_declared_ones(write_launch_file: Write) -> None:
    declared = declared_arguments(parse_file(write_launch_file(ARGUMENTS)), {})
    with pytest.raises(LaunchError, match=r"unknown launch argument 'sped'; declared: speed:=1.0, mode:=a, path \(req"):
        check_names(["sped"], declared)


def test_a_value_outside_the_choices_names_the_allowed_ones(write_launch_file: Write) -> None:
    with pytest.raises(LaunchError, match=r"launch argument 'mode' is 'c', allowed: 'a', 'b'"):
        plan(write_launch_file(ARGUMENTS), mode="c")


def test_assignments_are_read_and_malformed_ones_refused() -> None:
    assert parse_assignments(["a:=1", "b:=x:=y", "a:=", "c:=d"]) == {"a": "", "b": "x:=y", "c": "d"}
    with pytest.raises(LaunchError, match=r"malformed launch argument 'a=1', expected name:=value"):
        parse_assignments(["a=1"])


def test_launch_files_are_found_by_name_and_unknown_names_list_the_known() -> None:
    assert find_launch_file("camera_to_gpu").name == "camera_to_gpu.launch.yaml"
    with pytest.raises(LaunchError, match=r"no launch file 'camera'; known: .*camera_to_gpu"):
        find_launch_file("camera")
