/// The fall of the mean loss over 40 recordings: premelt sweep ... --detector fall=example_fall_detector
#include <deque>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

int main() {
  std::deque<double> means;
  for (std::string line; std::getline(std::cin, line);) {
    double sum = 0;
    const auto losses = nlohmann::json::parse(line).at("losses").get<std::vector<double>>();
    for (double loss : losses) sum += loss;
    means.push_back(sum / static_cast<double>(losses.size()));
    if (means.size() > 40) means.pop_front();
    std::cout << (means.size() == 40 ? nlohmann::json(means.front() - means.back()) : nlohmann::json())
              << std::endl;
  }
}
