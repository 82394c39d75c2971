// SPDX-License-Identifier: Apache-2.0
// certificate: what is loaded, what is refused and how that is said, and whom it is for.
#include <weir/tls/certificate.hpp>

#include "certificates.hpp"
#include "temporary_folder.hpp"
#include "tls/certificate_state.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <fstream>
#include <string>

BOOST_AUTO_TEST_SUITE(certificate_test)

namespace {

using weir::test::certificate_authority;
using weir::test::pem_pair;
using weir::test::wanted_certificate;
using weir::tls::certificate;

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

std::string write(const std::string& path, const std::string& text, mode_t mode) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
}

std::string why_not(const std::string& chain, const std::string& key) {
    const auto made = certificate::from_pem(chain, key);
    return made ? "" : made.error().what();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_and_its_key_are_loaded_from_text_and_from_files) {
    const certificate_authority authority;
    const pem_pair pair = authority.issue(wanted_certificate("a.example"));
    const auto made = certificate::from_pem(pair.chain + authority.pem(), pair.key);
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST(made->loaded().issuers.size() == 1U);
    const weir::test::temporary_folder folder;
    const std::string chain = write(folder / "chain.pem", pair.chain, 0644);
    const std::string key = write(folder / "key.pem", pair.key, 0640);
    BOOST_TEST(certificate::from_files(chain, key).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_that_everybody_can_read_is_refused_with_its_name) {
    const pem_pair pair = weir::test::self_signed(wanted_certificate("a.example"));
    const weir::test::temporary_folder folder;
    const std::string chain = write(folder / "chain.pem", pair.chain, 0644);
    const std::string key = write(folder / "key.pem", pair.key, 0644);
    const auto made = certificate::from_files(chain, key);
    BOOST_REQUIRE(!made);
    BOOST_TEST(says(made.error().what(), "key.pem can be read by everybody"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
    const auto made = certificate::from_files("/nowhere/chain.pem", "/nowhere/key.pem");
    BOOST_REQUIRE(!made);
    BOOST_TEST(says(made.error().what(), "/nowhere/chain.pem"));
    BOOST_TEST(says(made.error().what(), "No such file"));
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_or_not_its_key_is_told_apart) {
    const certificate_authority authority;
    const pem_pair one = authority.issue(wanted_certificate("a.example"));
    const pem_pair other = authority.issue(wanted_certificate("b.example"));
    BOOST_TEST(says(why_not("", one.key), "there is no certificate"));
    BOOST_TEST(says(why_not("hello", one.key), "there is no certificate"));
    std::string broken = one.chain;
    broken[broken.size() / 2] = '!';
    BOOST_TEST(says(why_not(broken, one.key), "malformed"));
    BOOST_TEST(says(why_not(one.chain + broken, one.key), "malformed"));
    BOOST_TEST(says(why_not(one.chain, "hello"), "private key is missing"));
    BOOST_TEST(says(why_not(one.chain, other.key), "not that of the certificate"));
}

BOOST_AUTO_TEST_CASE(it_is_for_its_names_and_a_wildcard_stands_for_one_label) {
    wanted_certificate wanted("Example.org");
    wanted.names.push_back("*.example.net");
    const certificate own = weir::test::self_signed(wanted).loaded();
    const auto is_for = [&own](const char* host) { return own.loaded().is_for(host); };
    BOOST_TEST(is_for("example.org"));
    BOOST_TEST(!is_for("www.example.org"));
    BOOST_TEST(is_for("a.example.net"));
    BOOST_TEST(!is_for("example.net"));
    BOOST_TEST(!is_for("a.b.example.net"));
    BOOST_TEST(!is_for(".example.net"));
    BOOST_TEST(!is_for(""));
}

BOOST_AUTO_TEST_SUITE_END()
