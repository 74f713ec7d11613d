#include "rdm/scoring/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

std::string steps(double count) {
  return format_number(count) + (count == 1 ? " step" : " steps");
}

/// Before anything is corrected for other events, and without words.
Verdict compare(const EventScores& event) {
  Verdict result{"", undefined, {undefined, undefined}, undefined, undefined, "no difference shown", ""};
  const DetectorScore *shc = find_detector(event, "shc"), *rival = champion(event);
  if (rival != nullptr) result.champion = rival->detector;
  if (event.seeds.empty()) {
    result.why_not = "it never happened";
  } else if (rival == nullptr) {
    result.why_not = "no rival has a threshold";
  } else if (shc == nullptr || std::isnan(shc->score.threshold)) {
    result.why_not = "SHC is undefined";
  } else if (std::isnan(rival->score.threshold)) {
    result.why_not = rival->detector + " is undefined";
  }
  if (!result.why_not.empty()) return result;
  std::vector<double> differences;
  for (std::size_t i = 0; i < shc->score.leads.size(); ++i)
    differences.push_back(shc->score.leads[i] - rival->score.leads[i]);
  result.median_difference = median(differences);
  result.interval = median_interval(differences, "resampled differences");
  result.p_alone = sign_test(differences);
  return result;
}

/// Names the winner, if there is one.
void find_words(Verdict& verdict, const EventScores& event) {
  const bool shc_leads = verdict.interval.low > 0, rival_leads = verdict.interval.high < 0;
  if (!(verdict.p <= 0.05) || !(shc_leads || rival_leads)) return;
  const std::string winner = shc_leads ? "shc" : verdict.champion, name = shc_leads ? "SHC" : winner;
  if (!trustworthy(find_detector(event, winner)->score)) {
    verdict.why_not = name + " has more false alarms than 5 % can explain and cannot win";
    return;
  }
  verdict.words = name + " leads by " + steps(std::abs(verdict.median_difference));
}

}  // namespace

const DetectorScore* champion(const EventScores& event) {
  const DetectorScore* best = nullptr;
  for (const DetectorScore& entry : event.detectors) {
    const double lead = entry.score.development_lead;
    if (!is_rival(entry.detector) || std::isnan(lead)) continue;
    if (best == nullptr || lead > best->score.development_lead ||
        (lead == best->score.development_lead && entry.detector < best->detector))
      best = &entry;
  }
  return best;
}

void decide(std::vector<EventScores>& events, std::size_t window) {
  std::vector<EventScores*> decided;
  std::vector<double> p_values;
  for (EventScores& event : events) {
    if (event.window != window) continue;
    event.verdict = compare(event);
    decided.push_back(&event);
    p_values.push_back(event.verdict->p_alone);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t e = 0; e < decided.size(); ++e) {
    decided[e]->verdict->p = corrected[e];
    find_words(*decided[e]->verdict, *decided[e]);
  }
}

std::string sentence(const EventScores& event) {
  if (!event.verdict) return "";
  const Verdict& verdict = *event.verdict;
  std::ostringstream text;
  text << event.event << ", W = " << event.window << ": " << verdict.words;
  if (!verdict.why_not.empty()) text << ", " << verdict.why_not;
  if (!std::isnan(verdict.median_difference))
    text << ". SHC minus " << verdict.champion
         << ", the champion of the development half: " << steps(verdict.median_difference) << " (median over "
         << event.seeds.size() << " held-out runs; 95 % interval " << format_number(verdict.interval.low)
         << " to " << format_number(verdict.interval.high) << "; sign test p = " << short_number(verdict.p)
         << " by Holm's correction)";
  text << ".";
  return text.str();
}

}  // namespace premelt
