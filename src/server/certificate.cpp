// A certificate for those who bring none. Browsers will warn; programs can pin its fingerprint.
#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <span>

#include "certificate.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/server.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr long certificate_seconds = 397L * 24 * 3600;  // what browsers accept of any certificate
constexpr long renewed_seconds = 30L * 24 * 3600;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPair = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  std::string out = name.data();
  for (const char c : out)
    if (!is_alnum(static_cast<unsigned char>(c)) && c != '-' && c != '.') return {};
  return out.size() > 64 ? std::string() : out;
}

bool extend(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key) {
  Certificate c(X509_new());
  if (c == nullptr) return nullptr;
  std::string serial = random_bytes(16);
  serial[0] = static_cast<char>(serial[0] & 0x7F);
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), static_cast<int>(serial.size()), nullptr));
  const std::string host = host_name();
  const std::string common_name = host.empty() ? "localhost" : host;
  X509_NAME* name = X509_get_subject_name(c.get());
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (!host.empty() && host != "localhost") names += ",DNS:" + host;
  const bool made = number != nullptr && X509_set_version(c.get(), 2) == 1 && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(c.get())) != nullptr &&
                    X509_gmtime_adj(X509_getm_notBefore(c.get()), -3600) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(c.get()), certificate_seconds) != nullptr &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                                               static_cast<int>(common_name.size()), -1, 0) == 1 &&
                    X509_set_issuer_name(c.get(), name) == 1 && X509_set_pubkey(c.get(), key) == 1 && extend(c.get(), NID_subject_alt_name, names) &&
                    extend(c.get(), NID_basic_constraints, "critical,CA:FALSE") && extend(c.get(), NID_key_usage, "critical,digitalSignature") &&
                    extend(c.get(), NID_ext_key_usage, "serverAuth") && X509_sign(c.get(), key, EVP_sha256()) > 0;
  return made ? std::move(c) : nullptr;
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Status write_private(const std::string& path, std::string_view text) {
  const std::string half = path + ".new";
  ::unlink(half.c_str());
  Fd file(::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open()) return fail(errno_diagnostic("file-open", fmt::format("{} could not be made", half), errno));
  const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file.get()) == 0;
  const int error = errno;
  file.close();
  if (!written || ::rename(half.c_str(), path.c_str()) != 0)
    return fail(errno_diagnostic("file-write", fmt::format("{} could not be written", path), written ? errno : error));
  return {};
}

Certificate read_certificate(const std::string& path) {
  const auto text = read_file(path, 1 << 20);
  if (!text) return nullptr;
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  return Certificate(bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

bool is_good(const TlsFiles& files) {
  const Certificate c = read_certificate(files.certificate);
  std::error_code ignored;
  if (c == nullptr || !std::filesystem::exists(files.key, ignored)) return false;
  int days = 0, seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(c.get())) != 1) return false;
  return days * 86400L + seconds > renewed_seconds;
}

}  // namespace

Result<TlsFiles> self_made_certificate(const std::string& folder) {
  const std::string tls = folder + "/tls";
  TlsFiles files{tls + "/certificate.pem", tls + "/key.pem"};
  if (is_good(files)) return files;
  std::error_code ec;
  std::filesystem::create_directories(tls, ec);
  if (ec) return fail("tls-certificate", fmt::format("{} could not be made: {}", tls, ec.message()));
  const KeyPair key(EVP_EC_gen("P-256"));
  const Certificate certificate = key != nullptr ? make_certificate(key.get()) : nullptr;
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  if (certificate == nullptr || certificate_text == nullptr || key_text == nullptr || PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail("tls-certificate", "a certificate could not be made", "give one with --tls-certificate and --tls-key");
  MOZU_TRY(write_private(files.key, bio_text(key_text.get())));
  MOZU_TRY(write_private(files.certificate, bio_text(certificate_text.get())));
  return files;
}

std::string fingerprint_of(const x509_st* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  std::string out;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return out;
}

std::string subject_of(const x509_st* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr ||
      X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0)
    return {};
  return bio_text(bio.get());
}

Result<std::string> certificate_fingerprint(const std::string& path) {
  const Certificate c = read_certificate(path);
  std::string out = c == nullptr ? std::string() : fingerprint_of(c.get());
  if (out.empty()) return fail("tls-certificate", fmt::format("{} holds no certificate that can be read", path), "it must be PEM");
  return out;
}

}  // namespace mozu::server
