#pragma once
/// A byte-level decoder on any text.

#include "models/experiment/setting.hpp"

namespace premelt {

/// A pre-norm decoder with rotary or learned positions is trained on random passages of a text
/// (models/tasks/corpus.hpp). Probes: mean losses of 32 held-out passages (`text`), of 16 random strings of
/// the 32 commonest bytes that repeat themselves (`repeated`), and of 16 `shuffled` copies of those. Order
/// parameters: `loss` of the held-out probes, nats a byte; `in_context_score`, their loss late in the passage
/// (last quarter) minus early (second eighth), negative when context helps (Olsson et al., arXiv 2209.11895);
/// `induction_score` of the best head on the repeated strings (models/tasks/repeated_sequences.hpp). Event
/// `induction`: 10, 50 and 90 % of its final value, provided that it is at least 0.3. Nothing is known in
/// advance about a text of your own: measure.
Setting text_setting();

}  // namespace premelt
