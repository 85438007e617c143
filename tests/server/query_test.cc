#include "server/query.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/hex.h"

namespace meshdns {
namespace {

using test::from_hex;
using Form = Query::Form;

const std::string kQuestion = "01 61 00 0001 0001";
const std::string kOpt = "00 0029 04d0 00000000 0000";
const std::string kNsidOpt = "00 0029 04d0 00000000 0004 0003 0000";
const std::string kTsig = "00 00fa 00ff 00000000 0011 00 000000000000 0000 0000 0000 0000 0000";
const std::string kOther = "00 ff00 0001 00000000 0001 61";

TEST_CASE("how far a message can be understood") {
  struct Case {
    const char* what;
    std::string message;
    Form form;
    bool edns;
    unsigned asked;
  };
  const std::vector<Case> cases = {
      {"a question", "1234 0000 0001 0000 0000 0000" + kQuestion, Form::kWellFormed, false, 0},
      {"with an OPT", "1234 0000 0001 0000 0000 0001" + kQuestion + kOpt, Form::kWellFormed, true, 0},
      {"with an option", "1234 0000 0001 0000 0000 0001" + kQuestion + kNsidOpt, Form::kWellFormed, true, Edns::kNsid},
      {"with records of each section", "1234 0000 0001 0001 0001 0002" + kQuestion + kOther + kOther + kOpt + kOther,
       Form::kWellFormed, true, 0},
      {"an OPT as an answer", "1234 0000 0001 0001 0000 0000" + kQuestion + kOpt, Form::kQuestion, false, 0},
      {"a TSIG", "1234 0000 0001 0000 0000 0001" + kQuestion + kTsig, Form::kSigned, false, 0},
      {"a TSIG behind an OPT", "1234 0000 0001 0000 0000 0002" + kQuestion + kNsidOpt + kTsig, Form::kSigned, true,
       Edns::kNsid},
      {"no question", "1234 0000 0000 0000 0000 0000", Form::kNoQuestion, false, 0},
      {"no question, an OPT", "1234 0000 0000 0000 0000 0001" + kNsidOpt, Form::kNoQuestion, true, Edns::kNsid},
      {"no question, a TSIG", "1234 0000 0000 0000 0000 0001" + kTsig, Form::kSigned, false, 0},
      {"no question, an octet", "1234 0000 0000 0000 0000 0000 00", Form::kQuestion, false, 0},
      {"no question, a record that is missing", "1234 0000 0000 0000 0000 0001", Form::kQuestion, false, 0},
      {"two questions", "1234 0000 0002 0000 0000 0000" + kQuestion + kQuestion, Form::kHeader, false, 0},
      {"a TSIG before an OPT", "1234 0000 0001 0000 0000 0002" + kQuestion + kTsig + kNsidOpt, Form::kQuestion, false,
       0},
      {"two TSIGs", "1234 0000 0001 0000 0000 0002" + kQuestion + kTsig + kTsig, Form::kQuestion, false, 0},
      {"a TSIG as an answer", "1234 0000 0001 0001 0000 0000" + kQuestion + kTsig, Form::kQuestion, false, 0},
      {"a TSIG as an authority", "1234 0000 0001 0000 0001 0000" + kQuestion + kTsig, Form::kQuestion, false, 0},
      {"an octet behind a TSIG", "1234 0000 0001 0000 0000 0001" + kQuestion + kTsig + "00", Form::kQuestion, false, 0},
      {"two OPTs", "1234 0000 0001 0000 0000 0002" + kQuestion + kNsidOpt + kOpt, Form::kQuestion, true, 0},
      {"an octet behind an OPT", "1234 0000 0001 0000 0000 0001" + kQuestion + kNsidOpt + "00", Form::kQuestion, true,
       0},
      {"a response", "1234 8000 0001 0000 0000 0000" + kQuestion, Form::kDrop, false, 0},
      {"11 octets", "1234 0000 0001 0000 0000 00", Form::kDrop, false, 0},
  };
  const HashKey key = HashKey::random();
  Query query;  // the same for all, as a worker's is
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const auto message = from_hex(c.message);
    CHECK(query.parse(message, key) == c.form);
    CHECK(query.edns.present == c.edns);
    CHECK(query.edns.asked == c.asked);
    if (c.form != Form::kDrop) CHECK(query.id == 0x1234);
    const bool question = c.form == Form::kWellFormed || (c.form != Form::kHeader && message[5] == 1);
    CHECK(query.question.size() == (question && c.form != Form::kDrop ? 7 : 0));
    CHECK(query.type == (query.question.empty() ? 0 : 1));
  }
}

}  // namespace
}  // namespace meshdns
