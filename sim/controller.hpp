#pragma once

#include "sim/rollout.hpp"

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace stratsim {

/// The strategies of a world's workloads, with what they remember of each.
class Controller {
  public:
    /// The same strategy for all workloads.
    template <IsStrategy S>
    Controller(S strategy) : main_(std::make_unique<Of<S>>(std::move(strategy))) {}

    /// A function of what is observed, which remembers nothing.
    template <class F>
    requires(!IsStrategy<F> && std::is_invocable_r_v<Desired, const F&, const Observed&>)
        Controller(F function)
        : Controller(Forgetful<F>{std::move(function)}) {}

    /// `main` for the workload that is rolled out, `beside` for the others.
    Controller(const Controller& main, const Controller& beside)
        : main_(main.main_->copy()), beside_(beside.main_->copy()) {}

    Controller(const Controller& other)
        : main_(other.main_->copy()), beside_(other.beside_ ? other.beside_->copy() : nullptr) {}
    Controller(Controller&&) noexcept = default;
    Controller& operator=(Controller other) noexcept {
        std::swap(main_, other.main_);
        std::swap(beside_, other.beside_);
        return *this;
    }
    ~Controller() = default;

    /// What came of a look.
    struct Look {
        Desired desired;
        Time look_again = never;
        bool learned = false;  ///< it remembers something else now
    };
    /// One look at a workload; a new target begins with an empty memory.
    Look look(const Observed& seen, std::size_t workload) {
        return any(seen).look(seen, workload, /*keep=*/true);
    }
    /// What it would want of a workload, which it does not remember.
    Desired glance(const Observed& seen, std::size_t workload) {
        return any(seen).look(seen, workload, /*keep=*/false).desired;
    }

  private:
    struct Any {
        virtual ~Any() = default;
        virtual std::unique_ptr<Any> copy() const = 0;
        virtual Look look(const Observed& seen, std::size_t workload, bool keep) = 0;
    };

    template <class S>
    struct Of final : Any {
        struct Kept {
            typename S::Memory memory{};
            std::uint32_t generation = 0;
        };

        explicit Of(S s) : strategy(std::move(s)) {}
        std::unique_ptr<Any> copy() const override { return std::make_unique<Of>(*this); }
        Look look(const Observed& seen, std::size_t workload, bool keep) override {
            if (workload >= kept.size()) kept.resize(workload + 1);
            const Kept& before = kept[workload];
            const typename S::Memory memory =
                before.generation == seen.generation ? before.memory : typename S::Memory{};
            auto decision = strategy.decide(seen, memory);
            const bool learned = !(decision.memory == memory);
            if (keep) kept[workload] = {std::move(decision.memory), seen.generation};
            return {std::move(decision.what), decision.look_again, learned};
        }

        S strategy;
        std::vector<Kept> kept;  ///< by workload
    };

    template <class F>
    struct Forgetful {
        using Memory = NoMemory;
        Decision<Desired, Memory> decide(const Observed& seen, const Memory&) const {
            return {function(seen), {}};
        }
        F function;
    };

    Any& any(const Observed& seen) { return seen.beside && beside_ ? *beside_ : *main_; }

    std::unique_ptr<Any> main_;
    std::unique_ptr<Any> beside_;
};

}  // namespace stratsim
