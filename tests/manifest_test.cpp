// What Kubernetes objects say about a rollout, and what is wrong with them.
#include "scenarios/manifests/manifest.hpp"

#include "scenarios/manifests/pre_stop.hpp"
#include "scenarios/manifests/quantity.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/validate.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <vector>

using namespace stratsim;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// What a text describes, and how it is complained about.
struct ManifestReading {
    std::vector<Document> documents;
    Manifests manifests;
    std::vector<Diagnostic> mistakes;

    explicit ManifestReading(std::vector<Document> from) : documents(std::move(from)) {
        std::vector<Object> objects;
        for (const Document& document : documents) {
            for (Object& object : objects_of(document, mistakes)) {
                objects.push_back(std::move(object));
            }
        }
        manifests = read_manifests(objects, mistakes);
    }
    explicit ManifestReading(std::string text)
        : ManifestReading(parse_documents("web.yaml", std::move(text))) {}

    std::string complaints() const { return mistakes.empty() ? "" : render(mistakes); }

    Scenario scenario(std::size_t index = 0) const {
        REQUIRE(complaints() == "");
        REQUIRE(index < manifests.workloads.size());
        Scenario result;
        fill_in(result, manifests.workloads[index]);
        return result;
    }
};

Scenario workload_in(std::string text) {
    return ManifestReading(std::move(text)).scenario();
}

/// "LINE:COLUMN RULE: MESSAGE (ADVICE)" for each mistake.
std::string mistakes_in_manifest(std::string text) {
    std::string result;
    for (const Diagnostic& mistake : ManifestReading(std::move(text)).mistakes) {
        result += fmt::format("{}{}:{} {}: {} ({})", result.empty() ? "" : "\n", mistake.place.line,
                              mistake.place.column, mistake.rule, mistake.message, mistake.advice);
    }
    return result;
}

std::string remarks_on(std::string text) {
    return fmt::format("{}", fmt::join(workload_in(std::move(text)).remarks, "\n"));
}

std::string indented(const std::string& text, int by) {
    std::string result(static_cast<std::size_t>(by), ' ');
    for (const char c : text) {
        result += c;
        if (c == '\n') result += std::string(static_cast<std::size_t>(by), ' ');
    }
    return result;
}

/// A Deployment; where each part is one line, `spec` is line 5, `pod` 9 and `container` 12, the
/// last.
std::string deployment(const std::string& spec = "", const std::string& pod = "",
                       const std::string& container = "") {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n" +
           indented(spec, 2) + "\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n" +
           indented(pod, 6) + "\n      containers:\n        - name: web\n" +
           indented(container, 10) + "\n";
}

std::string stateful_set(const std::string& spec = "", const std::string& pod = "") {
    std::string text = deployment(spec, pod);
    text.replace(text.find("Deployment"), 10, "StatefulSet");
    return text;
}

std::string service(const std::string& spec) {
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n" +
           indented(spec, 2) + "\n";
}

std::string claim(const std::string& mode) {
    return "---\nkind: PersistentVolumeClaim\nmetadata: {name: disk}\nspec: {accessModes: [" +
           mode + "]}\n";
}

const std::string uses_claim = "volumes: [{name: d, persistentVolumeClaim: {claimName: disk}}]";

Duration hook(const std::string& pre_stop) {
    return workload_in(deployment("", "", "lifecycle: {preStop: " + pre_stop + "}"))
        .old_version.pre_stop;
}

std::optional<Duration> sleep_of(const std::string& script) {
    return sleep_of_command({"sh", "-c", script});
}

std::string origin(const Scenario& scenario, const std::string& word) {
    const auto found = scenario.origins.find(word);
    if (found == scenario.origins.end()) return "assumed";
    CHECK(found->second.kind == SourceKind::manifest);
    return fmt::format("{}:{}:{}", found->second.file, found->second.line, found->second.column);
}

}  // namespace

TEST_CASE("a Deployment that says little gets the defaults of Kubernetes") {
    const Scenario web = workload_in(deployment());
    CHECK(web.name == "web");
    CHECK(web.from == "web.yaml:1");
    CHECK(web.kind == WorkloadKind::deployment);
    CHECK(web.pods == 1);
    CHECK(web.strategy == "rolling");
    CHECK(std::get<Rolling>(web.strategies).max_surge == PodCount{250'000, true});
    CHECK(std::get<Rolling>(web.strategies).max_unavailable == PodCount{250'000, true});
    CHECK(web.old_version.grace == seconds{30});
    CHECK(web.old_version.pre_stop == seconds{0});
    CHECK(web.old_version.ready_when == ReadyWhen::started);
    CHECK_FALSE(web.old_version.readiness);
    CHECK(web.remarks.empty());
}

TEST_CASE("a Deployment gives its settings, each with its place") {
    const Scenario web = workload_in(deployment(
        "replicas: 10\nminReadySeconds: 5\n"
        "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 3, maxUnavailable: \"20%\"}}",
        "terminationGracePeriodSeconds: 60"));
    CHECK(web.pods == 10);
    CHECK(origin(web, "pods") == "web.yaml:5:13");
    CHECK(web.min_ready == seconds{5});
    CHECK(origin(web, "min-ready") == "web.yaml:6:20");
    CHECK(std::get<Rolling>(web.strategies).max_surge == PodCount{3, false});
    CHECK(std::get<Canary>(web.strategies).max_unavailable == PodCount{200'000, true});
    CHECK(origin(web, "max-surge") == "web.yaml:7:61");
    CHECK(origin(web, "strategy") == "web.yaml:7:20");
    CHECK(web.old_version.grace == minutes{1});
    CHECK(origin(web, "grace") == "web.yaml:11:38");
    CHECK(origin(web, "kind") == "web.yaml:2:7");
    CHECK(origin(web, "boot") == "assumed");
}

TEST_CASE("a Deployment of type Recreate is recreated") {
    const Scenario web = workload_in(deployment("strategy: {type: Recreate, rollingUpdate: null}"));
    CHECK(web.strategy == "recreate");
    CHECK(mistakes_in_manifest(
              deployment("strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}")) ==
          "5:45 contradiction: rollingUpdate is given, but the type is Recreate "
          "(leave rollingUpdate out, or write type: RollingUpdate)");
}

TEST_CASE("the old API extensions/v1beta1 is read like apps/v1") {
    std::string text = deployment("replicas: 2");
    text.replace(text.find("apps/v1"), 7, "extensions/v1beta1");
    CHECK(workload_in(text).pods == 2);
}

TEST_CASE("0 replicas are legal, fewer are not") {
    CHECK(workload_in(deployment("replicas: 0")).pods == 0);
    CHECK(validate(workload_in(deployment("replicas: 0"))).empty());
    CHECK(mistakes_in_manifest(deployment("replicas: -1")) ==
          "5:13 range: 'replicas' must be 0 to 2147483647, is -1 "
          "(write a whole number in that range)");
}

TEST_CASE("null is as good as absent") {
    const Scenario web = workload_in(
        deployment("replicas: null\nstrategy: ~\nminReadySeconds:\npaused: null",
                   "terminationGracePeriodSeconds: null\nvolumes: null\ninitContainers: null",
                   "lifecycle: null\nreadinessProbe: null\nresources: {requests: null}"));
    CHECK(web.pods == 1);
    CHECK(web.old_version.ready_when == ReadyWhen::started);
}

TEST_CASE("unknown fields inside Kubernetes objects are no mistakes") {
    CHECK(workload_in(deployment("futureField: {a: [1]}", "otherField: 3", "newField: x")).pods ==
          1);
}

TEST_CASE("a paused Deployment stays paused, with a remark") {
    CHECK(workload_in(deployment("paused: true")).paused);
    CHECK_FALSE(workload_in(deployment("paused: false")).paused);
    CHECK(remarks_on(deployment("paused: true")) ==
          "it is paused (web.yaml:5): nothing is rolled out until it is resumed");
    CHECK(remarks_on(deployment("paused: false")) == "");
}

TEST_CASE("values of a wrong type say what to write") {
    CHECK(mistakes_in_manifest(deployment("replicas: \"3\"")) ==
          "5:13 type: 'replicas' must be a number, is a text (write replicas: 3 without quotes)");
    CHECK(mistakes_in_manifest(deployment("replicas: three")) ==
          "5:13 type: 'replicas' must be a whole number, is 'three' (write replicas: 1)");
    CHECK(mistakes_in_manifest(deployment("replicas: [3]")) ==
          "5:13 type: 'replicas' must be a single value, is a list "
          "(write one value behind the colon)");
    CHECK(mistakes_in_manifest(deployment("strategy: Recreate")) ==
          "5:13 type: 'strategy' must be a mapping, is a single value "
          "(write key: value lines, indented below it)");
    CHECK(mistakes_in_manifest(deployment("paused: maybe")) ==
          "5:11 type: 'paused' must be true or false (write paused: true, without quotes)");
    CHECK(mistakes_in_manifest(deployment("replicas: 99999999999")).starts_with("5:13 range:"));
    CHECK(mistakes_in_manifest(deployment("replicas: 99999999999999999999"))
              .starts_with("5:13 range:"));
}

TEST_CASE("a strategy type that does not exist is refused") {
    CHECK(mistakes_in_manifest(deployment("strategy: {type: Rolling}")) ==
          "5:20 choice: 'type' cannot be 'Rolling' (write Recreate or RollingUpdate)");
}

TEST_CASE("max surge and max unavailable must leave room") {
    CHECK(mistakes_in_manifest(
              deployment("strategy:\n  rollingUpdate:\n    maxSurge: 0\n    maxUnavailable: 0%")) ==
          "7:17 contradiction: maxSurge 0 and maxUnavailable 0 leave no room to move "
          "(write maxSurge: 1)");
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxSurge: 0}}")) == "");
}

TEST_CASE("a number of pods in quotes is no percentage") {
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxSurge: \"1\"}}")) ==
          "5:40 type: 'maxSurge' is a number in quotes, which Kubernetes takes for a percentage "
          "without its sign (write maxSurge: 1 or maxSurge: 1%)");
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxSurge: 12.5%}}")) ==
          "5:40 pods: '12.5%' is not a number of pods (write maxSurge: 1 or maxSurge: 25%)");
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxUnavailable: -1}}")) ==
          "5:46 pods: '-1' is not a number of pods (write maxUnavailable: 1 or maxUnavailable: "
          "25%)");
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxUnavailable: 150%}}")) ==
          "5:46 range: 150% is more than all pods (write maxUnavailable: 100% or less)");
    CHECK(mistakes_in_manifest(deployment("strategy: {rollingUpdate: {maxSurge: 150%}}")) == "");
}

TEST_CASE("all mistakes of an object are found in one run") {
    const ManifestReading reading(deployment("replicas: -1\nstrategy: {type: Gentle}",
                                             "terminationGracePeriodSeconds: soon",
                                             "resources: {requests: {cpu: lots, memory: 64MB}}"));
    CHECK(reading.mistakes.size() == 5);
    CHECK(reading.complaints().find("web.yaml:5:13: error: 'replicas' must be") !=
          std::string::npos);
    CHECK(reading.complaints().find("5 errors in web.yaml") != std::string::npos);
}

TEST_CASE("a workload without name, pod template or containers is refused") {
    CHECK(mistakes_in_manifest(
              "kind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}") ==
          "1:7 missing: the Deployment has no name (write metadata: {name: web})");
    CHECK(mistakes_in_manifest("kind: StatefulSet\nmetadata: {name: db}\nspec: {replicas: 3}") ==
          "1:7 missing: the StatefulSet has no spec.template.spec "
          "(describe its pods there, and check the indentation)");
    CHECK(mistakes_in_manifest(
              "kind: Deployment\nmetadata: {name: db}\nspec:\n  template:\n    spec:\n"
              "      restartPolicy: Always") ==
          "6:7 missing: the pod template has no containers "
          "(write containers: with at least one - name: and image:)");
    CHECK(mistakes_in_manifest("kind: Deployment\nmetadata: {name: db}\n"
                               "spec: {template: {spec: {containers: }}}")
              .starts_with("3:26 missing:"));
    CHECK(mistakes_in_manifest("kind: Deployment\nmetadata: {name: db}\n"
                               "spec: {template: {spec: {containers: {name: a}}}}")
              .starts_with("3:38 type: 'containers' must be a list"));
}

TEST_CASE("a kind in small letters is taken for a mistake") {
    CHECK(mistakes_in_manifest("kind: deployment\nmetadata: {name: web}") ==
          "1:7 kind: unknown kind 'deployment' (did you mean 'Deployment'?)");
}

TEST_CASE("a readiness probe decides when a pod is ready") {
    const Scenario web = workload_in(deployment(
        "", "",
        "readinessProbe:\n  initialDelaySeconds: 4\n  successThreshold: 2\n"
        "startupProbe:\n  periodSeconds: 3\n  failureThreshold: 20\nlivenessProbe: {periodSeconds: "
        "1}"));
    CHECK(web.old_version.ready_when == ReadyWhen::probed);
    CHECK(web.old_version.readiness == Probe{.initial_delay = seconds{4},
                                             .period = seconds{10},
                                             .success_threshold = 2,
                                             .failure_threshold = 3});
    CHECK(web.old_version.startup == Probe{.initial_delay = seconds{0},
                                           .period = seconds{3},
                                           .success_threshold = 1,
                                           .failure_threshold = 20});
    CHECK(origin(web, "readiness") == "web.yaml:13:13");
    CHECK(origin(web, "startup") == "web.yaml:16:13");
}

TEST_CASE("a probe field of 0 means its default, as in Kubernetes") {
    const Scenario web =
        workload_in(deployment("", "", "readinessProbe: {periodSeconds: 0, failureThreshold: 0}"));
    CHECK(web.old_version.readiness == Probe{});
}

TEST_CASE("a probe that takes for ever is refused") {
    CHECK(mistakes_in_manifest(deployment("", "",
                                          "startupProbe: {periodSeconds: 2000000000, "
                                          "failureThreshold: 2000000000}")) ==
          "12:25 range: the startupProbe takes longer than three years "
          "(write smaller delays, periods and thresholds)");
    CHECK(mistakes_in_manifest(deployment("", "", "startupProbe: {successThreshold: 2}")) ==
          "12:44 range: the successThreshold of a startupProbe must be 1 (leave it out)");
}

TEST_CASE("of several containers the slowest decides") {
    const Scenario web =
        workload_in(deployment("", "",
                               "readinessProbe: {periodSeconds: 5}\n"
                               "lifecycle: {preStop: {sleep: {seconds: 5}}}\n"
                               "resources: {requests: {cpu: 250m, memory: 100Mi}}") +
                    "        - name: proxy\n"
                    "          readinessProbe: {initialDelaySeconds: 20, periodSeconds: 2}\n"
                    "          lifecycle: {preStop: {sleep: {seconds: 12}}}\n"
                    "          resources: {limits: {cpu: 1}}\n");
    CHECK(web.old_version.readiness->initial_delay == seconds{20});
    CHECK(web.old_version.pre_stop == seconds{12});
    CHECK(origin(web, "pre-stop") == "web.yaml:17:50");
    CHECK(web.cpu == doctest::Approx(1.25));
    CHECK(origin(web, "cpu") == "web.yaml:14:39");
    CHECK(web.memory_gb == doctest::Approx(0.1048576));
}

TEST_CASE("a sidecar counts for readiness and requests, other init containers do not") {
    const Scenario web =
        workload_in(deployment("",
                               "initContainers:\n"
                               "  - {name: migrate, resources: {requests: {cpu: 8}}}\n"
                               "  - {name: mesh, restartPolicy: Always, readinessProbe: {},\n"
                               "     lifecycle: {preStop: {sleep: {seconds: 99}}},\n"
                               "     resources: {requests: {cpu: 100m}}}",
                               "resources: {requests: {cpu: 400m}}"));
    CHECK(web.cpu == doctest::Approx(0.5));
    CHECK(web.old_version.ready_when == ReadyWhen::probed);
    CHECK(web.old_version.pre_stop == seconds{0});
}

TEST_CASE("a request outweighs the limit, which counts when it stands alone") {
    const Scenario web = workload_in(deployment(
        "", "", "resources: {requests: {cpu: 100m}, limits: {cpu: \"2\", memory: 1Gi}}"));
    CHECK(web.cpu == doctest::Approx(0.1));
    CHECK(web.memory_gb == doctest::Approx(1.073741824));
    const Scenario bare = workload_in(deployment());
    CHECK(origin(bare, "cpu") == "assumed");
    CHECK(bare.cpu == 0.5);
}

TEST_CASE("tiny requests keep their value") {
    const Scenario web =
        workload_in(deployment("", "", "resources: {requests: {cpu: 1m, memory: 4Ki}}"));
    CHECK(web.cpu == doctest::Approx(0.001));
    CHECK(web.memory_gb == doctest::Approx(4096e-9));
}

TEST_CASE("quantities are read as Kubernetes reads them") {
    CHECK(parse_quantity("250m") == doctest::Approx(0.25).epsilon(1e-12));
    CHECK(parse_quantity("1") == 1.0);
    CHECK(parse_quantity("0.5") == 0.5);
    CHECK(parse_quantity(".5") == 0.5);
    CHECK(parse_quantity("+2") == 2.0);
    CHECK(parse_quantity("1e3") == 1000.0);
    CHECK(parse_quantity("1E") == 1e18);
    CHECK(parse_quantity("64Ki") == 65536.0);
    CHECK(parse_quantity("128Mi") == 134217728.0);
    CHECK(parse_quantity("1.5Gi") == 1610612736.0);
    CHECK(parse_quantity("2k") == 2000.0);
    CHECK(parse_quantity("2K") == 2000.0);
    CHECK(parse_quantity("3M") == 3e6);
    CHECK(parse_quantity("4G") == 4e9);
    CHECK(parse_quantity("134217728") == 134217728.0);
    for (const char* wrong :
         {"", "m", "-1", "64MB", "64 Mi", "1e", "1e999", "inf", "0x10", "1,5"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_quantity(wrong).has_value());
    }
}

TEST_CASE("an amount that is none says what to write") {
    CHECK(mistakes_in_manifest(deployment("", "", "resources: {requests: {memory: 64MB}}")) ==
          "12:42 quantity: '64MB' is not an amount of memory (write 128Mi, 1Gi or 500M)");
    CHECK(mistakes_in_manifest(deployment("", "", "resources: {limits: {cpu: -1}}")) ==
          "12:37 quantity: '-1' is not an amount of cpu (write 250m, 0.5 or 2)");
    CHECK(mistakes_in_manifest(deployment("", "", "resources: {limits: {memory: 1e300}}"))
              .starts_with("12:40 range:"));
}

TEST_CASE("a pre-stop hook that sleeps is recognised") {
    CHECK(hook("{sleep: {seconds: 15}}") == seconds{15});
    CHECK(hook("{exec: {command: [sleep, \"15\"]}}") == seconds{15});
    CHECK(hook("{exec: {command: [/bin/sleep, 2m]}}") == minutes{2});
    CHECK(hook("{exec: {command: [sh, -c, sleep 15]}}") == seconds{15});
    CHECK(hook("{exec: {command: [/bin/bash, -ec, \"sleep 7s; nginx -s quit\"]}}") == seconds{7});
    CHECK(hook("{}") == seconds{0});
    CHECK(hook("null") == seconds{0});
}

TEST_CASE("the sleep of a script is found, where it can be") {
    CHECK(sleep_of("sleep 15") == seconds{15});
    CHECK(sleep_of("  exec sleep 0.5") == milliseconds{500});
    CHECK(sleep_of("sleep 10 && nginx -s quit && sleep 5") == seconds{10});
    CHECK(sleep_of("echo bye >&2; sleep 3 || true") == seconds{3});
    CHECK(sleep_of("echo bye > /proc/1/fd/1 2>&1; sleep 3") == seconds{3});
    CHECK(sleep_of("# wait\nset -e\nsleep 3\nsleep 4\n") == seconds{7});
    CHECK(sleep_of("sleep 1m 30s") == seconds{90});
    for (const char* other : {"", "nginx -s quit; sleep 5", "sleep $TIME", "sleep", "sleep 5 &",
                              "sleep infinity", "sleep -1", "sleeping 5", "yes | sleep 5"}) {
        CAPTURE(other);
        CHECK_FALSE(sleep_of(other).has_value());
    }
    CHECK_FALSE(sleep_of_command({"sleep 15"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "drain.sh"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "-c"}).has_value());
    CHECK_FALSE(sleep_of_command({}).has_value());
    CHECK(sleep_of_command({"busybox", "sh", "-c", "sleep 4"}) == seconds{4});
}

TEST_CASE("another pre-stop hook counts as no time, with a remark") {
    const std::string remark = "the pre-stop hook at web.yaml:13 is not a sleep; taken as 0s";
    CHECK(remarks_on(deployment("", "", "lifecycle:\n  preStop: {httpGet: {path: /quit}}")) ==
          remark);
    CHECK(remarks_on(deployment("", "", "lifecycle:\n  preStop: {exec: {command: [a]}}")) ==
          remark);
}

TEST_CASE("a pre-stop hook of the wrong type is a mistake, not a remark") {
    CHECK(
        mistakes_in_manifest(deployment("", "", "lifecycle: {preStop: {exec: {command: sleep 5}}}"))
            .starts_with("12:49 type: 'command' must be a list"));
    CHECK(mistakes_in_manifest(deployment("", "", "lifecycle: {preStop: {sleep: {seconds: -5}}}"))
              .starts_with("12:50 range:"));
    CHECK(mistakes_in_manifest(
              deployment("", "", "lifecycle: {preStop: {sleep: {seconds: 200000000}}}"))
              .starts_with("12:50 range:"));
}

TEST_CASE("a StatefulSet gives its settings") {
    const Scenario db =
        workload_in(stateful_set("replicas: 3\npodManagementPolicy: Parallel\n"
                                 "volumeClaimTemplates: [{metadata: {name: data}}]"));
    CHECK(db.kind == WorkloadKind::statefulset);
    CHECK(db.pods == 3);
    CHECK(db.pod_management == PodManagement::parallel);
    CHECK(origin(db, "pod-management") == "web.yaml:6:24");
    CHECK(db.volume == VolumeKind::per_pod);
    CHECK(origin(db, "volume") == "web.yaml:7:26");
    CHECK(db.strategy == "rolling");
}

TEST_CASE("a StatefulSet without claims keeps nothing") {
    CHECK(workload_in(stateful_set("", "volumes: [{name: tmp, emptyDir: {}}]")).volume ==
          VolumeKind::ephemeral);
}

TEST_CASE("a StatefulSet's maxUnavailable is remarked, because it needs a gate") {
    CHECK(remarks_on(stateful_set("updateStrategy: {type: OnDelete}")).empty());
    CHECK(remarks_on(stateful_set("updateStrategy: {rollingUpdate: {partition: 2}}")).empty());
    CHECK(remarks_on(stateful_set("updateStrategy: {rollingUpdate: {maxUnavailable: 2}}")) ==
          "maxUnavailable 2 (web.yaml:5) needs the feature gate MaxUnavailableStatefulSet; without "
          "it pods are updated one by one");
    CHECK(mistakes_in_manifest(stateful_set("podManagementPolicy: parallel")) ==
          "5:24 choice: 'podManagementPolicy' cannot be 'parallel' (write OrderedReady or "
          "Parallel)");
}

TEST_CASE("a claim that many may write is a shared volume") {
    const Scenario web = workload_in(deployment("", uses_claim) + claim("ReadWriteMany"));
    CHECK(web.volume == VolumeKind::shared);
    CHECK(origin(web, "volume") == "web.yaml:9:62");
    CHECK(web.remarks.empty());
}

TEST_CASE("a claim for one node that all pods share is shared, with a remark") {
    const std::string text = deployment("", uses_claim) + claim("ReadWriteOnce");
    CHECK(workload_in(text).volume == VolumeKind::shared);
    CHECK(remarks_on(text) ==
          "all pods share the claim 'disk' (web.yaml:14), which is ReadWriteOnce: pods on other "
          "nodes could not mount it");
}

TEST_CASE("a claim that is not in the files is taken for one that many may write") {
    CHECK(remarks_on(deployment("", uses_claim)) ==
          "the claim 'disk' (web.yaml:9) is not in the files; taken as ReadWriteMany");
}

TEST_CASE("volumes that nobody writes to or that end with the pod change nothing") {
    const Scenario read_only = workload_in(deployment("", uses_claim) + claim("ReadOnlyMany"));
    CHECK(origin(read_only, "volume") == "assumed");
    const Scenario empty = workload_in(deployment("", "volumes: [{name: a, emptyDir: {}}]"));
    CHECK(origin(empty, "volume") == "assumed");
}

TEST_CASE("a StatefulSet's own claims outweigh a volume of the same name") {
    const Scenario db =
        workload_in(stateful_set("volumeClaimTemplates: [{metadata: {name: d}}]", uses_claim));
    CHECK(db.volume == VolumeKind::per_pod);
    CHECK(db.remarks.empty());
}

TEST_CASE("a Service that remembers clients makes the balancer sticky") {
    const Scenario web =
        workload_in(deployment() + service("selector: {app: web}\nsessionAffinity: ClientIP"));
    CHECK(web.affinity == Affinity::client_ip);
    CHECK(origin(web, "affinity") == "web.yaml:19:20");
    CHECK(web.affinity_timeout == std::chrono::hours{3});
    const Scenario brief = workload_in(
        deployment() + service("selector: {app: web}\nsessionAffinity: ClientIP\n"
                               "sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}"));
    CHECK(brief.affinity_timeout == std::chrono::minutes{1});
    CHECK(workload_in(deployment() + service("selector: {app: web}")).affinity == Affinity::none);
    CHECK(mistakes_in_manifest(service("sessionAffinity: Cookie"))
              .starts_with("6:20 choice: 'sessionAffinity' cannot be 'Cookie'"));
}

TEST_CASE("a Service may publish addresses that are not ready") {
    const Scenario web =
        workload_in(deployment() + service("selector: {app: web}\npublishNotReadyAddresses: true"));
    CHECK(web.publish_not_ready);
    CHECK(origin(web, "publish-not-ready") == "web.yaml:19:29");
    CHECK_FALSE(workload_in(deployment() + service("selector: {app: web}")).publish_not_ready);
    CHECK_FALSE(workload_in(deployment() + service("selector: {app: api}\n"
                                                   "publishNotReadyAddresses: true"))
                    .publish_not_ready);
}

TEST_CASE("who comes through an Ingress or a route comes through a gateway") {
    const std::string web = deployment() + service("selector: {app: web}");
    CHECK(workload_in(web).network == NetworkKind::kube_proxy);
    const std::string ingress =
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n";
    const std::string rule = "  rules: [{http: {paths: [{backend: {service: {name: ";
    CHECK(workload_in(web + ingress + rule + "web}}}]}}]\n").network == NetworkKind::gateway);
    CHECK(workload_in(web + ingress + rule + "api}}}]}}]\n").network == NetworkKind::kube_proxy);
    CHECK(workload_in(web + ingress + "  defaultBackend: {service: {name: web}}\n").network ==
          NetworkKind::gateway);
    const std::string route =
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
        "metadata: {name: a}\nspec:\n  rules: [{backendRefs: [{name: ";
    CHECK(workload_in(web + route + "web, port: 80}]}]\n").network == NetworkKind::gateway);
    CHECK(workload_in(web + route + "web, kind: Other}]}]\n").network == NetworkKind::kube_proxy);
}

TEST_CASE("a workload that no Service selects is remarked only beside other Services") {
    CHECK(remarks_on(deployment()) == "");
    for (const char* other : {"selector: {app: api}", "selector: {app: web, tier: x}",
                              "selector: {}", "type: ExternalName"}) {
        CAPTURE(other);
        CHECK(remarks_on(deployment() + service(other)) ==
              "no Service selects it; it is simulated as if one did");
    }
    CHECK(remarks_on(deployment() + service("selector: {app: web}")) == "");
}

TEST_CASE("a workload behind a headless Service alone is remarked") {
    CHECK(remarks_on(deployment() + service("clusterIP: None\nselector: {app: web}\n"
                                            "sessionAffinity: ClientIP")) ==
          "only the headless Service 'web' (web.yaml:14) selects it, so clients choose pods "
          "themselves; it is simulated as if a balancer did");
}

TEST_CASE("a Service of another namespace selects nothing here") {
    std::string text = deployment() + service("selector: {app: web}");
    text.replace(text.rfind("{name: web}"), 11, "{name: web, namespace: other}");
    CHECK(remarks_on(text) == "no Service selects it; it is simulated as if one did");
    std::string same = deployment() + service("selector: {app: web}");
    same.replace(same.rfind("{name: web}"), 11, "{name: web, namespace: default}");
    CHECK(remarks_on(same) == "");
}

TEST_CASE("other kinds are counted and passed over") {
    const ManifestReading reading(deployment() +
                                  "---\nkind: Ingress\nmetadata: {name: a}\n"
                                  "---\nkind: ConfigMap\nmetadata: {name: a}\n"
                                  "---\nkind: ConfigMap\nmetadata: {name: b}\n"
                                  "---\napiVersion: serving.knative.dev/v1\nkind: Service\n"
                                  "metadata: {name: a}\n");
    CHECK(reading.complaints() == "");
    REQUIRE(reading.manifests.remarks.size() == 1);
    CHECK(reading.manifests.remarks[0] ==
          "passed over: 1 Ingress (web.yaml:14), 2 ConfigMap (web.yaml:17), 1 Service "
          "(web.yaml:23)");
    CHECK(reading.manifests.workloads.size() == 1);
}

TEST_CASE("Services without a workload are passed over like anything else") {
    const ManifestReading reading(service("selector: {app: web}"));
    CHECK(reading.manifests.workloads.empty());
    CHECK(reading.manifests.remarks == std::vector<std::string>{"passed over: 1 Service "
                                                                "(web.yaml:2)"});
}

TEST_CASE("the second object of a name is refused") {
    CHECK(mistakes_in_manifest(deployment() + "---\n" + deployment()) ==
          "15:7 duplicate-object: the Deployment 'web' is described twice "
          "(it also stands at web.yaml:1)");
    std::string other = deployment();
    other.replace(other.find("{name: web}"), 11, "{name: web, namespace: test}");
    CHECK(mistakes_in_manifest(deployment() + "---\n" + other) == "");
}

TEST_CASE("a list counts as what it holds") {
    const ManifestReading reading(
        "apiVersion: v1\nkind: List\nitems:\n"
        "  - kind: Deployment\n    metadata: {name: a}\n"
        "    spec: {template: {spec: {containers: [{name: a}]}}}\n"
        "  - kind: List\n    items:\n"
        "      - kind: StatefulSet\n        metadata: {name: b}\n"
        "        spec: {template: {spec: {containers: [{name: a}]}}}\n"
        "  -\n");
    CHECK(reading.scenario(0).name == "a");
    CHECK(reading.scenario(0).from == "web.yaml:4");
    CHECK(reading.scenario(1).kind == WorkloadKind::statefulset);
}

TEST_CASE("the items of a typed list need not repeat their kind") {
    const ManifestReading reading(
        R"({"kind": "DeploymentList", "apiVersion": "apps/v1", "items": [
            {"metadata": {"name": "a"}, "spec": {"replicas": 2,
             "template": {"spec": {"containers": [{"name": "a"}]}}}}]})");
    CHECK(reading.scenario().pods == 2);
    CHECK(reading.scenario().from == "web.yaml:2");
}

TEST_CASE("what kubectl get prints is read, with status and managed fields") {
    const char* root = std::getenv("SOURCE_DIR");
    const ManifestReading reading(
        read_documents(std::string(root == nullptr ? "." : root) + "/tests/data/kubectl-get.yaml"));
    const Scenario shop = reading.scenario();
    CHECK(reading.manifests.remarks.empty());
    CHECK(shop.remarks.empty());
    CHECK(shop.name == "shop");
    CHECK(shop.pods == 6);
    CHECK(std::get<Rolling>(shop.strategies).max_unavailable == PodCount{1, false});
    CHECK(shop.old_version.pre_stop == seconds{10});
    CHECK(shop.old_version.grace == seconds{45});
    CHECK(shop.old_version.readiness->period == seconds{5});
    CHECK(shop.cpu == doctest::Approx(0.25));
    CHECK_FALSE(shop.balancer.has_value());
}

TEST_CASE("JSON is read like YAML") {
    const Scenario web = workload_in(
        R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"replicas": 3,
                     "strategy": {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}},
                     "template": {"spec": {"containers": [{"name": "web",
                       "resources": {"requests": {"cpu": 2, "memory": "1Gi"}}}]}}}})");
    CHECK(web.pods == 3);
    CHECK(std::get<Rolling>(web.strategies).max_surge == PodCount{500'000, true});
    CHECK(std::get<Rolling>(web.strategies).max_unavailable == PodCount{0, false});
    CHECK(web.cpu == 2);
}

TEST_CASE("a manifest does not overwrite what a flag or a scenario file said") {
    const ManifestReading reading(
        deployment("replicas: 10\nminReadySeconds: 5\nstrategy: {type: Recreate}"));
    Scenario scenario;
    scenario.pods = 2;
    scenario.origins["pods"] = {.kind = SourceKind::flag, .file = "", .line = 0, .column = 0};
    scenario.strategy = "canary";
    REQUIRE(reading.manifests.workloads.size() == 1);
    fill_in(scenario, reading.manifests.workloads[0]);
    CHECK(scenario.pods == 2);
    CHECK(scenario.min_ready == seconds{5});
    CHECK(scenario.strategy == "canary");
    CHECK_FALSE(scenario.given("strategy"));
}

TEST_CASE("an object of our own group that is no scenario is not passed over") {
    CHECK(mistakes_in_manifest("apiVersion: stratsim/v1\nkind: Scenery\n") ==
          "2:7 kind: unknown kind 'Scenery' (write kind: Scenario)");
}
