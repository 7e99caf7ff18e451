#include "cli/reports/words/tests.hpp"

#include "cli/reports/words/expectations.hpp"
#include "cli/reports/words/summary.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace stratsim {

namespace {

std::size_t count_in(const TestedFile& file, Verdict verdict) {
    std::size_t n = 0;
    for (const Experiment* e : file.experiments)
        n +=
            static_cast<std::size_t>(std::ranges::count(e->judgments, verdict, &Judgment::verdict));
    return n;
}

std::size_t all_in(const TestedFile& file) {
    std::size_t n = 0;
    for (const Experiment* e : file.experiments) n += e->judgments.size();
    return n;
}

/// The folder that all files share says nothing in a list of them.
std::size_t shared_folder(const std::vector<TestedFile>& files) {
    std::size_t shared = std::string::npos;
    for (const TestedFile& file : files) {
        const auto slash = file.file.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : file.file.substr(0, slash + 1);
        const std::string& first = files.front().file;
        std::size_t same = 0;
        while (same < std::min(folder.size(), first.size()) && folder[same] == first[same]) ++same;
        shared = std::min(shared, same);
    }
    const auto slash = files.empty() ? std::string::npos : files.front().file.rfind('/', shared);
    if (shared == 0 || shared == std::string::npos || slash == std::string::npos) return 0;
    return std::min(shared, slash + 1);
}

void file_lines(Page& page, const TestedFile& file, std::size_t cut, std::size_t names) {
    const Verdict verdict = verdict_of(file.experiments);
    const Span word = verdict_word(verdict);
    std::string name = file.file.substr(cut);
    name.append(names > display_width(name) ? names - display_width(name) : 0, ' ');
    const std::size_t all = all_in(file);
    const std::string counts =
        all == 0 ? "nothing expected" : fmt::format("{} of {}", count_in(file, Verdict::pass), all);
    page.paragraph({word, {std::string(11 - word.text.size(), ' ')}}, {{name + "  " + counts}}, 11);
    for (const Experiment* e : file.experiments) {
        std::vector<Judgment> unmet;
        for (const Judgment& j : e->judgments) {
            if (j.verdict != Verdict::pass) unmet.push_back(j);
        }
        if (unmet.empty()) continue;
        if (file.experiments.size() > 1) page.line({{"  " + workload_of(e->scenario)}});
        expectation_lines(page, unmet);
    }
}

/// `12 pass, 1 fail, 1 undecided (counts as fail: --undecided pass)`.
std::string counts_of(const std::vector<TestedFile>& files, const Result& result) {
    std::array<std::size_t, 3> counts{};
    for (const TestedFile& file : files)
        ++counts[static_cast<std::size_t>(verdict_of(file.experiments))];
    const auto [pass, fail, undecided] = counts;
    std::string text;
    const auto add = [&](std::size_t n, std::string_view word) {
        if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, word);
    };
    add(pass, "pass");
    add(fail, "fail");
    add(undecided, "undecided");
    if (undecided > 0) {
        text +=
            result.undecided_passes ? " (counts as pass)" : " (counts as fail: --undecided pass)";
    }
    return text;
}

}  // namespace

Verdict verdict_of(const std::vector<const Experiment*>& experiments) {
    Verdict worst = Verdict::pass;
    for (const Experiment* e : experiments) {
        for (const Judgment& j : e->judgments) {
            if (j.verdict == Verdict::fail) return Verdict::fail;
            if (j.verdict == Verdict::undecided) worst = Verdict::undecided;
        }
    }
    return worst;
}

std::vector<TestedFile> tested_files(const Result& result) {
    std::vector<TestedFile> files;
    for (std::size_t i = 0; i < result.experiments.size(); ++i) {
        if (files.empty() || files.back().file != result.files[i])
            files.push_back({result.files[i], {}});
        files.back().experiments.push_back(&result.experiments[i]);
    }
    return files;
}

void test_screen(Page& page, const Result& result) {
    constexpr std::size_t most_passing = 20;
    const std::vector<TestedFile> files = tested_files(result);
    const std::size_t cut = shared_folder(files);
    std::size_t names = 0;
    std::size_t passing = 0;
    for (const TestedFile& file : files) {
        names = std::max(names, display_width(file.file.substr(cut)));
        if (verdict_of(file.experiments) == Verdict::pass) ++passing;
    }
    names = std::min(names, page.width() - 30);
    const bool fold = passing > most_passing;
    for (const TestedFile& file : files) {
        if (fold && verdict_of(file.experiments) == Verdict::pass) continue;
        file_lines(page, file, cut, names);
    }
    if (fold)
        page.line({verdict_word(Verdict::pass), {fmt::format("       {} scenarios", passing)}});
    for (const TestedFile& file : files) {
        const Verdict verdict = verdict_of(file.experiments);
        if (verdict == Verdict::pass) continue;
        page.paragraph({},
                       {{fmt::format("again: stratsim run -f {} --seed {}", file.file,
                                     file.experiments.front()->scenario.seed.number)}},
                       7);
    }
    page.paragraph(
        {{fmt::format("{} {}: {}", files.size(), files.size() == 1 ? "scenario" : "scenarios",
                      counts_of(files, result))}});
}

}  // namespace stratsim
