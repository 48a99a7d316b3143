// Who signed a program (Authenticode): the certificate of the signer, as it stands there. Nothing is verified: no signature, no chain, no time.
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <span>

#include "mozu/base/hash.hpp"
#include "objects.hpp"
#include "text_out.hpp"

namespace mozu::files {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
void release_stack(STACK_OF(X509) * s) { sk_X509_free(s); }
void release_text(char* s) { OPENSSL_free(s); }

std::string name_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, Release<BIO_free_all>> out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return size <= 0 ? std::string{} : one_line({data, static_cast<std::size_t>(size)});
}

std::string serial_of(const X509* certificate) {
  const std::unique_ptr<BIGNUM, Release<BN_free>> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  const std::unique_ptr<char, Release<release_text>> text(number ? BN_bn2hex(number.get()) : nullptr);
  return text ? one_line(text.get()) : std::string{};
}

std::string thumbprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha1(), digest.data(), &size) != 1) return {};
  return to_hex({digest.data(), size});
}

}  // namespace

std::vector<std::pair<std::string, std::string>> signer_facts(std::string_view der) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<PKCS7, Release<PKCS7_free>> p7(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (!p7 || PKCS7_type_is_signed(p7.get()) == 0) return out;
  const std::unique_ptr<STACK_OF(X509), Release<release_stack>> signers(PKCS7_get0_signers(p7.get(), nullptr, 0));
  if (!signers || sk_X509_num(signers.get()) < 1) return out;
  const X509* signer = sk_X509_value(signers.get(), 0);
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) out.emplace_back(name, std::move(value));
  };
  add("signer", name_of(X509_get_subject_name(signer)));
  add("signer_issuer", name_of(X509_get_issuer_name(signer)));
  add("signer_serial", serial_of(signer));
  add("signer_sha1", thumbprint_of(signer));
  return out;
}

void prepare_certificates() {
  // Digests are fetched once, before nothing can be opened any more.
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest("", 0, digest.data(), nullptr, EVP_sha1(), nullptr);
}

}  // namespace mozu::files
