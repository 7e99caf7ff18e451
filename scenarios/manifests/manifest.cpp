// Reading goes over all objects twice: first Services and claims, which say something about pods
// that stand elsewhere, then the workloads. A workload becomes a list of settings with their
// places, not a scenario, because several scenarios may be about the same workload.
#include "scenarios/manifests/manifest.hpp"

#include "scenarios/manifests/workload.hpp"
#include "scenarios/settings/fields.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <tuple>
#include <utility>

namespace stratsim {

namespace {

bool is_a(const Object& object, std::string_view kind) {
    if (object.kind != kind) return false;
    if (kind == "Service" || kind == "PersistentVolumeClaim") return object.group.empty();
    return object.group == "apps" || object.group == "extensions" || object.group.empty();
}

bool is_workload(const Object& object) {
    return is_a(object, "Deployment") || is_a(object, "StatefulSet");
}

/// Counts objects that are not simulated, by kind and in the order in which kinds appear.
class PassedOver {
  public:
    void add(const Object& object) {
        const auto known = std::ranges::find(kinds_, object.kind, &Count::kind);
        if (known != kinds_.end()) {
            ++known->objects;
        } else {
            kinds_.push_back({object.kind, 1, begin_of(object)});
        }
    }

    std::vector<std::string> remarks() const {
        std::string text;
        for (const Count& count : kinds_) {
            text +=
                fmt::format("{}{} {} ({})", text.empty() ? "passed over: " : ", ", count.objects,
                            count.kind.empty() ? "without kind" : count.kind, count.first);
        }
        return text.empty() ? std::vector<std::string>{} : std::vector{text};
    }

  private:
    struct Count {
        std::string kind;
        int objects = 0;
        std::string first;
    };
    std::vector<Count> kinds_;
};

/// Complains about the second object of a name in one file. Of two files each may be an application
/// of its own: both are simulated.
void find_duplicates(const std::vector<Object>& objects, std::vector<Diagnostic>& mistakes) {
    std::map<std::tuple<std::string, std::string, std::string, std::string>, const Object*> known;
    for (const Object& object : objects) {
        if (object.name.empty()) continue;
        const auto [first, is_new] =
            known.try_emplace({object.group, object.kind, object.space, object.name}, &object);
        if (is_new || first->second->document->file != object.document->file) continue;
        FieldReader(*object.document, mistakes)
            .complain(place_of(object), "duplicate-object",
                      fmt::format("the {} {} is described twice", object.kind, quote(object.name)),
                      fmt::format("it also stands at {}", begin_of(*first->second)));
    }
}

/// Kubernetes tells capitals apart, so "deployment" would be passed over like any unknown kind.
bool is_misspelt(const Object& object, std::vector<Diagnostic>& mistakes) {
    const auto lower = [](std::string text) {
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return text;
    };
    if (object.group == "stratsim") {
        FieldReader(*object.document, mistakes)
            .complain(place_of(object), "kind", fmt::format("unknown kind {}", quote(object.kind)),
                      "write kind: Scenario");
        return true;
    }
    for (const std::string kind :
         {"Deployment", "StatefulSet", "Service", "PersistentVolumeClaim"}) {
        if (object.kind == kind || lower(object.kind) != lower(kind)) continue;
        FieldReader(*object.document, mistakes)
            .complain(place_of(object), "kind", fmt::format("unknown kind {}", quote(object.kind)),
                      fmt::format("did you mean '{}'?", kind));
        return true;
    }
    return false;
}

}  // namespace

Manifests read_manifests(const std::vector<Object>& objects, std::vector<Diagnostic>& mistakes) {
    Manifests manifests;
    Surroundings around;
    PassedOver passed_over;
    find_duplicates(objects, mistakes);
    for (const Object& object : objects) {
        FieldReader read(*object.document, mistakes);
        if (is_a(object, "Service")) {
            around.services.push_back(read_service(object, read));
        } else if (is_a(object, "PersistentVolumeClaim")) {
            around.claims.push_back(read_claim(object, read));
        } else if (is_route(object)) {
            around.routes.push_back(read_route(object, read));
        } else if (!is_workload(object) && !is_misspelt(object, mistakes)) {
            passed_over.add(object);
        }
    }
    for (const Object& object : objects) {
        if (!is_workload(object)) continue;
        FieldReader read(*object.document, mistakes);
        manifests.workloads.push_back(read_workload(object, around, read));
    }
    if (manifests.workloads.empty()) {
        // Nothing to simulate: then what is about workloads was passed over as well.
        const auto is_about = [](const Object& object) {
            return is_a(object, "Service") || is_a(object, "PersistentVolumeClaim") ||
                   is_route(object);
        };
        for (const Object& object : objects) {
            if (is_about(object)) passed_over.add(object);
        }
    }
    manifests.services = std::move(around.services);
    manifests.remarks = passed_over.remarks();
    return manifests;
}

void fill_in(Scenario& scenario, const Workload& workload) {
    scenario.name = workload.name;
    scenario.from = workload.from;
    scenario.remarks.insert(scenario.remarks.end(), workload.remarks.begin(),
                            workload.remarks.end());
    scenario.places = workload.places;
    scenario.port = workload.port;
    if (!scenario.given("readiness")) scenario.old_version.ready_when = ReadyWhen::started;
    for (const auto& [word, text, origin] : workload.settings) {
        const auto known = scenario.origins.find(word);
        if (known != scenario.origins.end() && known->second.kind > SourceKind::manifest) continue;
        if (word == "strategy") {
            if (!scenario.strategy.empty()) continue;
            scenario.strategy = text;
        } else {
            find_field(word)->set(scenario, text);
        }
        scenario.origins[word] = origin;
    }
}

}  // namespace stratsim
