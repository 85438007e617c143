// The model by itself: the examples of the RFCs, as tables. What an answer has in its sections is written without TTLs that
// are 300, sections apart by " | ", records within one by "; ".

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "tests/model/ldns_records.h"
#include "tests/model/model.h"

namespace meshdns::model {
namespace {

/// A zone from lines of text, names relative to the apex.
Zone zone(const char* apex, const char* lines) {
  Zone zone{parse_name(apex), {}};
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(' ') != std::string::npos) zone.records.push_back(parse_record(line, zone.apex));
  }
  return zone;
}

std::string section(const std::vector<Record>& records) {
  std::vector<std::string> lines;
  for (const Record& record : records) {
    std::string line =
        record.type == type::kSoa ? text(record.owner) + " " + std::to_string(record.ttl) + " SOA" : text(record);
    if (const size_t ttl = line.find(" 300 "); ttl != std::string::npos) line.erase(ttl, 4);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : "; ") + line;
  return all;
}

std::string words(const Answer& answer) {
  std::string words = text(Answer{
      .rcode = answer.rcode, .authoritative = answer.authoritative, .answer = {}, .authority = {}, .additional = {}});
  for (const auto* records : {&answer.answer, &answer.authority, &answer.additional})
    words += " | " + section(*records);
  return words.substr(0, words.find_last_not_of(" |") + 1);
}

struct Row {
  std::string clause;
  std::string name;
  uint16_t type;
  std::string expected;
};

void check(const Model& model, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.clause);
    CAPTURE(row.name);
    const auto answers = model.answers({parse_name(row.name), row.type});
    std::string all;
    for (const Answer& answer : answers) all += (all.empty() ? "" : " or ") + words(answer);
    CHECK(all == row.expected);
  }
}

// The zones of RFC 1034 §6.1 as the server C.ISI.EDU has them: the root (in parts), and MIL, EDU's like.
constexpr const char* kRoot = R"(
. 300 SOA SRI-NIC.ARPA. HOSTMASTER.SRI-NIC.ARPA. 870611 1800 300 604800 86400
. NS A.ISI.EDU.
. NS C.ISI.EDU.
. NS SRI-NIC.ARPA.
MIL. NS SRI-NIC.ARPA.
MIL. NS A.ISI.EDU.
EDU. NS SRI-NIC.ARPA.
EDU. NS C.ISI.EDU.
SRI-NIC.ARPA. A 26.0.0.73
SRI-NIC.ARPA. A 10.0.0.51
SRI-NIC.ARPA. MX 0 SRI-NIC.ARPA.
ACC.ARPA. A 26.6.0.65
USC-ISIC.ARPA. CNAME C.ISI.EDU.
73.0.0.26.IN-ADDR.ARPA. PTR SRI-NIC.ARPA.
A.ISI.EDU. A 26.3.0.103
C.ISI.EDU. A 10.0.0.52
)";

TEST_CASE("RFC 1034 §6.2") {
  const Model model({zone(".", kRoot)});
  const char* nic = "sri-nic.arpa. A 10.0.0.51; sri-nic.arpa. A 26.0.0.73";
  const std::string nic_a = std::string("NOERROR aa | ") + nic;
  const std::string nic_mx = std::string("NOERROR aa | sri-nic.arpa. MX 0 sri-nic.arpa. |  | ") + nic;
  const std::string nic_any = nic_a + " or " + nic_mx;
  const std::string mil =
      std::string("NOERROR |  | mil. NS a.isi.edu.; mil. NS sri-nic.arpa. | a.isi.edu. A 26.3.0.103; ") + nic;
  const std::string edu = std::string("edu. NS c.isi.edu.; edu. NS sri-nic.arpa. | c.isi.edu. A 10.0.0.52; ") + nic;
  const std::string isic = "NOERROR aa | usc-isic.arpa. CNAME c.isi.edu. | " + edu;
  check(model, {
                   {"6.2.1", "SRI-NIC.ARPA", type::kA, nic_a},
                   {"6.2.2", "SRI-NIC.ARPA", type::kAny, nic_any},
                   {"6.2.3", "SRI-NIC.ARPA", type::kMx, nic_mx},
                   {"6.2.4", "SRI-NIC.ARPA", type::kNs, "NOERROR aa |  | . SOA"},
                   {"6.2.5", "SIR-NIC.ARPA", type::kA, "NXDOMAIN aa |  | . SOA"},
                   {"6.2.6", "BRL.MIL", type::kA, mil},
                   {"6.2.7", "USC-ISIC.ARPA", type::kA, isic},
                   {"6.2.8", "USC-ISIC.ARPA", type::kCname, "NOERROR aa | usc-isic.arpa. CNAME c.isi.edu."},
                   {"3.6.2", "IN-ADDR.ARPA", type::kA, "NOERROR aa |  | . SOA"},
               });
}

TEST_CASE("RFC 4592 §2.2.1") {
  const Model model({zone("example", R"(
@ 3600 SOA ns admin 1 2 3 4 60
@ NS ns.example.com.
@ NS ns.example.net.
* TXT "this is a wildcard"
* MX 10 host1.example.
sub.* TXT "this is not a wildcard"
host1 A 192.0.2.1
_ssh._tcp.host1 SRV 0 0 22 host1
_ssh._tcp.host2 SRV 0 0 22 host2
subdel NS ns.example.com.
subdel NS ns.example.net.
)")});
  const char* referral = "NOERROR |  | subdel.example. NS ns.example.com.; subdel.example. NS ns.example.net.";
  const char* no_data = "NOERROR aa |  | example. 60 SOA";
  const char* no_name = "NXDOMAIN aa |  | example. 60 SOA";
  check(model, {
                   {"synthesized", "host3.example", type::kMx,
                    "NOERROR aa | host3.example. MX 10 host1.example. |  | host1.example. A 192.0.2.1"},
                   {"no A at the wildcard", "host3.example", type::kA, no_data},
                   {"synthesized below", "foo.bar.example", type::kTxt,
                    R"(NOERROR aa | foo.bar.example. TXT "this\032is\032a\032wildcard")"},
                   {"the name exists", "host1.example", type::kMx, no_data},
                   {"a name below *", "sub.*.example", type::kMx, no_data},
                   {"its descendant exists", "_telnet._tcp.host1.example", type::kSrv, no_name},
                   {"delegated", "host.subdel.example", type::kA, referral},
                   {"host2 is an empty non-terminal", "host2.example", type::kTxt, no_data},
                   {"below * is no wildcard", "ghost.*.example", type::kMx, no_name},
                   {"the asterisk itself", "*.example", type::kMx,
                    "NOERROR aa | *.example. MX 10 host1.example. |  | host1.example. A 192.0.2.1"},
                   {"§4.2, §8020", "x.y.host1.example", type::kMx, no_name},
               });
}

TEST_CASE("RFC 4592 §4: types at a wildcard") {
  const Model model({zone("example", R"(
@ SOA ns admin 1 2 3 4 300
@ NS ns
* NS ns
*.d DNAME ns
*.c CNAME ns
*.loop CNAME x.loop
x.*.ent A 192.0.2.9
ns A 192.0.2.1
)")});
  const char* no_data = "NOERROR aa |  | example. SOA";
  const char* cut = "NOERROR |  | *.example. NS ns.example. | ns.example. A 192.0.2.1";
  check(model, {
                   {"§4.2: NS is data", "a.example", type::kNs,
                    "NOERROR aa | a.example. NS ns.example. |  | ns.example. A 192.0.2.1"},
                   {"§4.2: no referral", "a.example", type::kA, no_data},
                   {"the cut of that name", "*.example", type::kA, cut},
                   {"below it", "a.*.example", type::kNs, cut},
                   {"§4.4: DNAME is data", "a.d.example", type::kDname, "NOERROR aa | a.d.example. DNAME ns.example."},
                   {"§4.4: nothing is substituted", "a.d.example", type::kA, no_data},
                   {"the DNAME of that name", "a.*.d.example", type::kTxt,
                    "NXDOMAIN aa | *.d.example. DNAME ns.example.; a.*.d.example. CNAME a.ns.example. | example. SOA"},
                   {"§4.5: CNAME", "a.c.example", type::kA,
                    "NOERROR aa | a.c.example. CNAME ns.example.; ns.example. A 192.0.2.1"},
                   {"§4.5: loop", "a.loop.example", type::kA,
                    "NOERROR aa | a.loop.example. CNAME x.loop.example.; x.loop.example. CNAME x.loop.example."},
                   {"§4.9: empty non-terminal", "a.ent.example", type::kA, no_data},
                   {"§4.9: and below", "x.a.ent.example", type::kA, no_data},
               });
}

TEST_CASE("RFC 6672") {
  const std::string label(60, 'l');
  const std::string longest = label + "." + label + "." + label;  // 184 octets with the root
  const Model model(
      {zone("example.com", R"(
@ SOA ns admin 1 2 3 4 300
@ NS ns.example.com.
frobozz DNAME frobozz-division.acme.example.
x DNAME sub
x 300 A 192.0.2.7
y.x A 192.0.2.8
a.sub A 192.0.2.1
*.w.sub TXT w
shared TXT s
cut NS ns
cut DNAME sub
grow DNAME grow.grow
)"),
       zone("example.org", ("@ SOA ns admin 1 2 3 4 300\n@ NS ns.example.com.\n@ DNAME " + longest + ".\n").c_str())});
  const std::string owner63(63, 'f');
  const std::string just = owner63 + "." + std::string(6, 'g') + ".example.org";  // 184 + 64 + 7 = 255
  const std::string over = owner63 + "." + std::string(7, 'g') + ".example.org";
  const std::string just_answer = "NOERROR aa | example.org. DNAME " + longest + ".; " + just + ". CNAME " + owner63 +
                                  "." + std::string(6, 'g') + "." + longest + ".";
  const std::string over_answer = "YXDOMAIN aa | example.org. DNAME " + longest + ".";
  const char* x_a =
      "NOERROR aa | a.sub.example.com. A 192.0.2.1; a.x.example.com. CNAME a.sub.example.com.; x.example.com. DNAME "
      "sub.example.com.";
  check(model, {
                   {"§2.3: the owner itself", "x.example.com", type::kA, "NOERROR aa | x.example.com. A 192.0.2.7"},
                   {"§2.3: the DNAME asked for", "x.example.com", type::kDname,
                    "NOERROR aa | x.example.com. DNAME sub.example.com."},
                   {"§3.2: followed", "a.x.example.com", type::kA, x_a},
                   {"§2.4: occluded", "y.x.example.com", type::kA,
                    "NXDOMAIN aa | x.example.com. DNAME sub.example.com.; y.x.example.com. CNAME y.sub.example.com. | "
                    "example.com. SOA"},
                   {"§3.1: CNAME synthesized", "a.x.example.com", type::kCname,
                    "NOERROR aa | a.x.example.com. CNAME a.sub.example.com.; x.example.com. DNAME sub.example.com."},
                   {"to a wildcard", "q.w.x.example.com", type::kTxt,
                    "NOERROR aa | q.w.sub.example.com. TXT \"w\"; q.w.x.example.com. CNAME q.w.sub.example.com.; "
                    "x.example.com. DNAME sub.example.com."},
                   {"§5.2: out of zone", "v.frobozz.example.com", type::kA,
                    "NOERROR aa | frobozz.example.com. DNAME frobozz-division.acme.example.; v.frobozz.example.com. "
                    "CNAME v.frobozz-division.acme.example."},
                   {"§2.2: 255 octets", just, type::kA, just_answer},
                   {"§2.2: over 255 octets", over, type::kA, over_answer},
                   {"the cut wins", "a.cut.example.com", type::kA, "NOERROR |  | cut.example.com. NS ns.example.com."},
               });
  CHECK(model.answers({parse_name("a.grow.example.com"), type::kA}).front().answer.size() == 1 + kMostAliases);
}

TEST_CASE("cuts, DS and glue") {
  const Model model({zone("example", R"(
@ SOA ns admin 1 2 3 4 300
@ NS ns
ns A 192.0.2.1
ns AAAA 2001:db8::1
sub NS ns.sub
sub NS ns
sub NS ns.sibling
sub NS ns.out.
sub DS 1 8 2 0011223344556677889900112233445566778899001122334455667788990011
sub A 192.0.2.66
ns.sub A 192.0.2.2
sibling NS ns.sibling
ns.sibling A 192.0.2.3
mail MX 10 ns.sub
mail MX 20 ns
mail MX 30 mail
mail AAAA 2001:db8::25
null HTTPS 0 .
child NS ns.child
deep.child NS ns.child
)"),
                     zone("child.example", R"(
@ SOA ns admin 1 2 3 4 300
@ NS ns
ns A 192.0.2.4
)")});
  const char* referral =
      "NOERROR |  | sub.example. NS ns.example.; sub.example. NS ns.out.; sub.example. NS ns.sibling.example.; "
      "sub.example. NS ns.sub.example. | "
      "ns.example. A 192.0.2.1; ns.example. AAAA 2001:db8::1; ns.sibling.example. A 192.0.2.3; ns.sub.example. A "
      "192.0.2.2";
  check(model,
        {
            {"RFC 9471 §2: in-domain and sibling glue", "a.sub.example", type::kA, referral},
            {"glue is no answer", "ns.sub.example", type::kA, referral},
            {"the cut's own address neither", "sub.example", type::kA, referral},
            {"RFC 4035 §3.1.4.1", "sub.example", type::kDs,
             "NOERROR aa | sub.example. DS 1 8 2 0011223344556677889900112233445566778899001122334455667788990011"},
            {"no DS", "sibling.example", type::kDs, "NOERROR aa |  | example. SOA"},
            {"DS below the cut", "ns.sub.example", type::kDs, referral},
            {"the parent's side, both ours", "child.example", type::kDs, "NOERROR aa |  | example. SOA"},
            {"no parent", "example", type::kDs, "NOERROR aa |  | example. SOA"},
            {"the child's other types", "child.example", type::kNs,
             "NOERROR aa | child.example. NS ns.child.example. |  | ns.child.example. A 192.0.2.4"},
            {"the deeper zone decides", "deep.child.example", type::kA, "NXDOMAIN aa |  | child.example. SOA"},
            {"authoritative addresses alone", "mail.example", type::kMx,
             "NOERROR aa | mail.example. MX 10 ns.sub.example.; mail.example. MX 20 ns.example.; mail.example. MX 30 "
             "mail.example. |  | "
             "mail.example. AAAA 2001:db8::25; ns.example. A 192.0.2.1; ns.example. AAAA 2001:db8::1"},
            {"RFC 9460 §2.5", "null.example", type::kHttps, "NOERROR aa | null.example. HTTPS 0 ."},
            {"RFC 1035 §4.1.1", "example.org", type::kA, "REFUSED"},
        });
}

TEST_CASE("chains") {
  const Model model({zone("example", R"(
@ SOA ns admin 1 2 3 4 300
@ NS ns
a CNAME b
b CNAME c.other.
loop CNAME back
back CNAME loop
gone CNAME nobody
out CNAME www.out.
cut NS ns.out.
tocut CNAME a.cut
)"),
                     zone("other", "@ SOA ns admin 1 2 3 4 5\n@ NS ns\nc TXT x\n")});
  const char* there = "a.example. CNAME b.example.; b.example. CNAME c.other.";
  const std::string found = std::string("NOERROR aa | ") + there + "; c.other. TXT \"x\"";
  const std::string no_data = std::string("NOERROR aa | ") + there + " | other. 5 SOA";
  check(model, {
                   {"into another zone", "a.example", type::kTxt, found},
                   {"RFC 2308 §2.2", "a.example", type::kA, no_data},
                   {"RFC 2308 §2.1", "gone.example", type::kA,
                    "NXDOMAIN aa | gone.example. CNAME nobody.example. | example. SOA"},
                   {"RFC 1034 §3.6.2", "loop.example", type::kA,
                    "NOERROR aa | back.example. CNAME loop.example.; loop.example. CNAME back.example."},
                   {"out of our zones", "out.example", type::kA, "NOERROR aa | out.example. CNAME www.out."},
                   {"to a cut", "tocut.example", type::kA,
                    "NOERROR aa | tocut.example. CNAME a.cut.example. | cut.example. NS ns.out."},
                   {"RFC 8482", "a.example", type::kAny, "NOERROR aa | a.example. CNAME b.example."},
               });
}

}  // namespace
}  // namespace meshdns::model
