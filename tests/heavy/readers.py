"""Reads what stratsim writes with parsers of others, and says what they do not accept.

usage: readers.py [SARIF-SCHEMA]; stratsim is taken from the path.
"""

import copy
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import jsonschema
import yaml

failures = 0


def check(truth, what):
    global failures
    if not truth:
        failures += 1
        print("FAIL:", what)


def stratsim(*words, stdin=None):
    done = subprocess.run(["stratsim", *words], capture_output=True, input=stdin, timeout=300)
    return done.returncode, done.stdout.decode("utf-8")


def strict_json(text):
    def refuse(word):
        raise ValueError(word + " is no JSON")

    return json.loads(text, parse_constant=refuse)


scratch = pathlib.Path(tempfile.mkdtemp())
odd = scratch / "a,b:c%25 d"
odd.mkdir()
NAMES = ["web", 'a"b&<c>,d:e%f', "tab\tand ümlaut"]
lossy = odd / "lossy.yaml"
lossy.write_text(
    "apiVersion: stratsim/v1\nkind: Scenario\nstrategy: rolling\nruns: 20\nworkload: {name: %s}\n"
    "expect:\n  - requests.failed <= 1\n  - outcomes.complete == 1\n  - requests.failed.p95 <= 999\n"
    % json.dumps(NAMES[1])
)
(odd / "good.yaml").write_text(
    "kind: Scenario\nstrategy: rolling\nruns: 20\nexpect: [outcomes.complete == 1]\n"
)
QUESTIONS = {
    "run": ["run", "rolling", "--runs", "20"],
    "judged run": ["run", "-f", str(lossy)],
    "bad canary": ["run", "canary", "--runs", "20", "--hold", "30s", "--new", "errors=5%"],
    "stall": ["run", "rolling", "--runs", "5", "--new", "ready=never"],
    "stand": ["run", "none", "--visits", "500", "--runs", "5"],
    "compare": ["compare", "--runs", "20", "--hold", "10s", "--new", "errors=5%"],
    "test": ["test", str(odd)],
    "plan": ["plan", "-f", "tests/data/manifests/shop.yaml", "--runs", "20"],
}


def number(text):
    return int(text) if re.fullmatch(r"[0-9]+", text or "") else -1


def read_junit(name, text):
    top = ElementTree.fromstring(text)
    check(top.tag == "testsuites", f"{name}: JUnit begins with {top.tag}")
    totals = [0, 0]
    for suite in top:
        check(suite.tag == "testsuite" and suite.get("name"), f"{name}: a suite without a name")
        cases = [case for case in suite if case.tag == "testcase"]
        failed = [case for case in cases if case.find("failure") is not None]
        check(all(case.get("name") and case.get("classname") for case in cases), f"{name}: a case without names")
        check(number(suite.get("tests")) == len(cases), f"{name}: the suite counts its cases wrongly")
        check(number(suite.get("failures")) == len(failed), f"{name}: the suite counts its failures wrongly")
        for case in failed:
            check(case.find("failure").get("message"), f"{name}: a failure without a message")
        totals = [totals[0] + len(cases), totals[1] + len(failed)]
    check([number(top.get("tests")), number(top.get("failures"))] == totals, f"{name}: the totals are wrong")
    return totals


ANNOTATION = re.compile(r"::(error|warning|notice)(?: ([^:]*(?:[^:]|:(?!:))*?))?::(.*)")


def unescaped(text, inside):
    if inside:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def read_github(name, text):
    """As the runner reads it: the properties end at the first ::, and are parted by commas."""
    read = []
    for line in text.splitlines():
        match = re.match(r"::(error|warning|notice) (.*?)::(.*)$", line)
        check(match, f"{name}: GitHub would not read {line!r}")
        if not match:
            continue
        properties = {}
        for part in match[2].split(","):
            key, _, value = part.partition("=")
            check(key in ("file", "line", "endLine", "col", "endColumn", "title"), f"{name}: property {key!r}")
            properties[key] = unescaped(value, True)
        if "file" in properties:
            check(pathlib.Path(properties["file"]).is_file(), f"{name}: no file {properties['file']!r}")
        read.append((match[1], properties, unescaped(match[3], False)))
    return read


TRACE_SCHEMA = {
    "type": "object",
    "required": ["traceEvents"],
    "properties": {
        "displayTimeUnit": {"enum": ["ms", "ns"]},
        "traceEvents": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["ph", "pid", "name"],
                "properties": {
                    "ph": {"enum": ["X", "M", "i", "C"]},
                    "pid": {"type": "integer"},
                    "tid": {"type": "integer"},
                    "ts": {"type": "number", "minimum": 0},
                    "dur": {"type": "number", "minimum": 0},
                    "name": {"type": "string", "minLength": 1},
                    "args": {"type": "object"},
                },
                "allOf": [
                    {"if": {"properties": {"ph": {"const": "X"}}}, "then": {"required": ["ts", "dur", "tid"]}},
                    {"if": {"properties": {"ph": {"const": "i"}}}, "then": {"required": ["ts", "s"]}},
                    {
                        "if": {"properties": {"ph": {"const": "C"}}},
                        "then": {
                            "required": ["ts", "args"],
                            "properties": {"args": {"additionalProperties": {"type": "number"}, "minProperties": 1}},
                        },
                    },
                    {
                        "if": {"properties": {"ph": {"const": "M"}}},
                        "then": {
                            "required": ["args"],
                            "properties": {
                                "name": {"enum": ["process_name", "thread_name", "process_sort_index", "thread_sort_index"]}
                            },
                        },
                    },
                ],
            },
        },
    },
}

GITLAB_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {"lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}},
            },
        },
    },
}


def read_trace(name, text):
    trace = strict_json(text)
    jsonschema.validate(trace, TRACE_SCHEMA)
    spans = {}
    for event in trace["traceEvents"]:
        if event["ph"] == "X":
            spans.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"]))
    for thread, list_ in spans.items():
        list_.sort()
        for (_, end), (begin, _) in zip(list_, list_[1:]):
            check(begin >= end - 0.01, f"{name}: spans of thread {thread} overlap")
    check(spans, f"{name}: a trace without spans")


def read_all(sarif_schema):
    for name, words in QUESTIONS.items():
        form = {}
        for format_ in ("json", "jsonl", "csv", "junit", "github", "sarif", "gitlab", "openmetrics", "perfetto"):
            code, form[format_] = stratsim(*words, "-o", format_)
            check(code in (0, 1), f"{name}: -o {format_} ended with {code}")
        strict_json(form["json"])
        for line in form["jsonl"].splitlines():
            strict_json(line)
        rows = list(csv.reader(io.StringIO(form["csv"]), strict=True))
        check(len({len(row) for row in rows}) == 1, f"{name}: rows of several lengths in the CSV")
        read_junit(name, form["junit"])
        read_github(name, form["github"])
        jsonschema.validate(strict_json(form["gitlab"]), GITLAB_SCHEMA)
        if name != "stand":
            read_trace(name, form["perfetto"])
        if sarif_schema:
            errors = list(jsonschema.Draft7Validator(sarif_schema).iter_errors(strict_json(form["sarif"])))
            check(not errors, f"{name}: SARIF: {[e.message for e in errors[:3]]}")
    code, text = stratsim(*QUESTIONS["judged run"], "-o", "github")
    read = read_github("judged run", text)
    check(len(read) == 2, "one annotation for each expectation that is not met")
    for _, properties, message in read:
        check(properties.get("file") == str(lossy), f"the place reads {properties.get('file')!r}")
        check(NAMES[1] in message, f"the name is lost in {message!r}")
    totals = read_junit("judged run", stratsim(*QUESTIONS["judged run"], "-o", "junit")[1])
    check(totals == [3, 2], f"JUnit has {totals}, not 3 cases and 2 failures")
    if sarif_schema:  # a validator that accepts everything would not do
        broken = strict_json(stratsim(*QUESTIONS["judged run"], "-o", "sarif")[1])
        broken["runs"][0]["results"][0]["level"] = "terrible"
        check(list(jsonschema.Draft7Validator(sarif_schema).iter_errors(broken)), "the SARIF schema is blind")


def mutations(scenario):
    """Each a scenario that must be refused, by the schema and by the program."""
    yield "an unknown key", {**scenario, "replcas": 3}
    yield "another kind", {**scenario, "kind": "Scenery"}
    yield "a strategy that does not exist", {**scenario, "strategy": "roling"}
    yield "runs in words", {**scenario, "runs": "many"}
    yield "a list for a section", {**scenario, "traffic": [1]}
    yield "a text for expect", {**scenario, "expect": 3}
    workload = scenario.get("workload") if isinstance(scenario.get("workload"), dict) else {}
    yield "half a pod", {**scenario, "workload": {**workload, "pods": 2.5}}
    yield "an unknown key in a section", {**scenario, "workload": {**workload, "podz": 2}}
    yield "a kind of workload that does not exist", {**scenario, "workload": {**workload, "kind": "daemonset"}}
    yield "what a pod cannot do", {**scenario, "workload": {**workload, "on-sigterm": "panic"}}
    yield "an unknown network", {**scenario, "network": {"network": "carrier-pigeon"}}


def read_scenarios():
    schema = strict_json(stratsim("schema")[1])
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    shipped = [p for p in pathlib.Path("scenarios").rglob("*.yaml") if "\nkind: Scenario\n" in p.read_text()]
    check(len(shipped) >= 15, f"only {len(shipped)} scenarios are shipped")
    refused = 0
    for path in sorted(shipped):
        text = path.read_text()
        check(text.startswith("# yaml-language-server: $schema="), f"{path} does not name its schema")
        named = re.match(r"# yaml-language-server: \$schema=(\S+)", text)
        check(named and (path.parent / named[1]).is_file(), f"{path}: the schema it names is not there")
        scenario = yaml.safe_load(text)
        errors = [e.message for e in validator.iter_errors(scenario)]
        check(not errors, f"{path} is refused by its schema: {errors[:2]}")
        for what, mutant in mutations(copy.deepcopy(scenario)):
            check(list(validator.iter_errors(mutant)), f"{path} with {what} is accepted by the schema")
            mutant_file = path.parent / ".mutant.yaml"
            mutant_file.write_text(yaml.safe_dump(mutant))
            code, _ = stratsim("run", "-f", str(mutant_file), "--runs", "1")
            mutant_file.unlink()
            check(code == 2, f"{path} with {what} ends with {code}")
            refused += 1
    for words in ([], ["tests/data/manifests/list.yaml"]):
        begun = yaml.safe_load(stratsim("init", *words)[1])
        check(not list(validator.iter_errors(begun)), f"what init {words} writes is refused")
    print(f"{len(shipped)} scenarios accepted, {refused} mutants refused")


schema = json.loads(pathlib.Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 and sys.argv[1] else None
read_all(schema)
read_scenarios()
print(f"{failures} failures" + ("" if schema else "; SARIF's schema was not there"))
sys.exit(1 if failures else 0)
