#include "cli/reports/formats/shard_file.hpp"

#include "cli/reports/formats/json_number.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace stratsim {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view schema = "stratsim.shard/v1";
constexpr std::string_view prefix = "sweep-";

[[noreturn]] void refuse(const std::string& message, const std::string& advice) {
    throw InputErrors({without_place("shard", message, advice)});
}

std::optional<double> read_number(const Json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

Json definition_json(const SweepDefinition& d) {
    Json axes = Json::array();
    for (const Axis& axis : d.grid.axes)
        axes.push_back({{"setting", axis.word}, {"values", axis.values}});
    Json columns = Json::array();
    for (const Number& column : d.columns) columns.push_back(word_of(column));
    Json settings = Json::array();
    for (const auto& [word, value] : d.settings) settings.push_back({word, value});
    return {{"version", d.version},
            {"workload", d.workload},
            {"kind", d.kind},
            {"strategy", d.strategy},
            {"settings", settings},
            {"given", d.given},
            {"files", d.files},
            {"axes", axes},
            {"columns", columns},
            {"command", d.command},
            {"fingerprint", d.fingerprint}};
}

SweepDefinition definition_of(const Json& json) {
    SweepDefinition d;
    d.version = json.at("version").get<std::string>();
    d.workload = json.at("workload").get<std::string>();
    d.kind = json.at("kind").get<std::string>();
    d.strategy = json.at("strategy").get<std::string>();
    for (const Json& pair : json.at("settings"))
        d.settings.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
    d.given = json.at("given").get<std::vector<std::string>>();
    d.files = json.at("files").get<std::vector<std::string>>();
    for (const Json& axis : json.at("axes"))
        d.grid.axes.push_back({.word = axis.at("setting").get<std::string>(),
                               .values = axis.at("values").get<std::vector<std::string>>()});
    for (const Json& column : json.at("columns"))
        d.columns.push_back(parse_number(column.get<std::string>(), "column"));
    d.command = json.at("command").get<std::string>();
    d.fingerprint = json.at("fingerprint").get<std::string>();
    return d;
}

Json point_json(std::size_t index, const SweepPoint& point) {
    Json json{{"point", index}};
    if (!point.invalid.empty()) {
        json["invalid"] = point.invalid;
        return json;
    }
    json["columns"] = Json::array();
    for (const Estimate& e : point.columns)
        json["columns"].push_back({json_number(e.value), json_number(e.interval.low),
                                   json_number(e.interval.high), e.runs});
    json["runs"] = Json::array();
    for (const RunCosts& run : point.runs)
        json["runs"].push_back({run.lost, run.extra, json_number(run.duration)});
    return json;
}

SweepPoint point_of(const Json& json) {
    SweepPoint point;
    if (json.contains("invalid")) {
        point.invalid = json.at("invalid").get<std::string>();
        return point;
    }
    for (const Json& e : json.at("columns")) {
        point.columns.push_back({.value = read_number(e.at(0)),
                                 .interval = {read_number(e.at(1)), read_number(e.at(2))},
                                 .runs = e.at(3).get<std::size_t>()});
    }
    for (const Json& run : json.at("runs")) {
        point.runs.push_back({.lost = run.at(0).get<double>(),
                              .extra = run.at(1).get<double>(),
                              .duration = read_number(run.at(2))});
    }
    return point;
}

/// A shard as it was read.
struct ReadShard {
    std::string file;
    Shard shard;
    SweepDefinition definition;
    std::map<std::size_t, SweepPoint> points;
};

ReadShard read_shard(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    try {
        const Json json = Json::parse(text);
        if (json.at("schema") != schema) throw std::invalid_argument("its schema is another");
        ReadShard read{
            .file = file,
            .shard = {json.at("shard").get<std::size_t>(), json.at("of").get<std::size_t>()},
            .definition = definition_of(json.at("sweep")),
            .points = {}};
        if (hash_of(read.definition) != json.at("hash"))
            throw std::invalid_argument("it was changed after it was written");
        for (const Json& point : json.at("points"))
            read.points.emplace(point.at("point").get<std::size_t>(), point_of(point));
        return read;
    } catch (const std::exception& error) {
        refuse(fmt::format("{} is no shard of a sweep: {}", file, error.what()),
               "remove it, and compute it again");
    }
}

std::vector<std::string> shard_files(const std::string& directory) {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(".json"))
            files.push_back(entry.path().string());
    }
    if (error) {
        refuse(fmt::format("{} cannot be read: {}", directory, error.message()),
               "name the directory that sweep --out wrote to");
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

std::string shard_path(const std::string& directory, const SweepDefinition& definition,
                       const Shard& shard) {
    return (fs::path(directory) / fmt::format("{}{}-{}-of-{}.json", prefix, hash_of(definition),
                                              shard.index, shard.count))
        .string();
}

std::string shard_text(const Sweep& sweep, const Shard& shard) {
    Json root{{"schema", schema},
              {"hash", hash_of(sweep.definition)},
              {"shard", shard.index},
              {"of", shard.count},
              {"sweep", definition_json(sweep.definition)},
              {"points", Json::array()}};
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        if (sweep.points[i]) root["points"].push_back(point_json(i, *sweep.points[i]));
    }
    return root.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Sweep merge_shards(const std::string& directory, const std::string& version,
                   std::vector<Shard>& missing) {
    const auto files = shard_files(directory);
    if (files.empty()) {
        refuse(fmt::format("{} holds no shard of a sweep", directory),
               "name the directory that sweep --out wrote to");
    }
    std::vector<ReadShard> shards;
    for (const std::string& file : files) shards.push_back(read_shard(file));
    const ReadShard& first = shards.front();
    std::vector<Diagnostic> mistakes;
    const auto complain = [&](const std::string& message, const std::string& advice) {
        mistakes.push_back(without_place("shard", message, advice));
    };
    for (const ReadShard& shard : shards) {
        if (shard.definition.version != version) {
            complain(fmt::format("{} was computed by version {}, and this is {}", shard.file,
                                 shard.definition.version, version),
                     "merge with the version that computed it");
        } else if (hash_of(shard.definition) != hash_of(first.definition)) {
            complain(fmt::format("{} and {} belong to different sweeps", first.file, shard.file),
                     "keep each sweep in a directory of its own");
        } else if (shard.shard.count != first.shard.count) {
            complain(fmt::format("{} is one of {} shards, {} one of {}", first.file,
                                 first.shard.count, shard.file, shard.shard.count),
                     "keep each way of sharing a sweep out in a directory of its own");
        }
    }
    if (!mistakes.empty()) throw InputErrors(mistakes);
    Sweep sweep{.definition = first.definition, .points = {}, .partial = {}};
    sweep.points.resize(first.definition.grid.size());
    std::vector<bool> there(first.shard.count);
    for (ReadShard& shard : shards) {
        there[shard.shard.index] = true;
        for (auto& [index, point] : shard.points) {
            if (index < sweep.points.size()) sweep.points[index] = std::move(point);
        }
    }
    for (std::size_t i = 0; i < there.size(); ++i) {
        if (!there[i]) missing.push_back({i, there.size()});
    }
    return sweep;
}

}  // namespace stratsim
