#include "models/experiment/streams.hpp"

namespace premelt {

Streams::Streams(std::uint64_t seed, const std::vector<std::string>& names) : seed_(seed) {
  for (const std::string& name : names) streams_.emplace(name, Rng(seed, name));
}

void Streams::reseed(std::uint64_t replica) {
  for (auto& [name, stream] : streams_) stream = Rng(seed_, name + " of replica " + std::to_string(replica));
}

void Streams::save(Checkpoint& checkpoint) const {
  for (const auto& [name, stream] : streams_) checkpoint.streams[name] = stream.state();
}

void Streams::load(const Checkpoint& checkpoint) {
  for (auto& [name, stream] : streams_) stream = checkpoint.stream(name);
}

}  // namespace premelt
