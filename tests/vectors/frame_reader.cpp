#include "tests/vectors/frame_reader.hpp"

// The field lists of docs/protocol.md section 8, written down a second time.
namespace guildsum::vectors {
namespace {

constexpr std::size_t kDigest = 32;
constexpr std::size_t kSignature = 64;

/// Reads one list: its count, then each element.
template <class Read>
void list(Record& record, const std::string& name, FrameReader& in, Read read) {
  for (std::uint32_t left = in.count(); left > 0; --left) record.lists[name].push_back(read(in));
}

void end_with_signature(Record& record, FrameReader& in, std::size_t begin) {
  record.signed_body = in.since(begin);
  record.bytes["signature"] = in.raw(kSignature);
  record.all = in.since(begin);
}

/// Fixed fields of 32 bytes, in order.
void digests(Record& record, FrameReader& in, std::initializer_list<const char*> names) {
  for (const char* name : names) record.bytes[name] = in.raw(kDigest);
}

Record read_member_digest(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  digests(record, in, {"member", "message"});
  record.all = in.since(begin);
  return record;
}

Record read_commitments(FrameReader& in) {
  Record record;
  digests(record, in, {"mask_key_share", "self_seed_share"});
  return record;
}

Record read_digest(FrameReader& in) {
  Record record;
  digests(record, in, {"digest"});
  return record;
}

}  // namespace

Record read_check_in(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  digests(record, in, {"sender", "federation"});
  record.numbers["epoch"] = in.number<std::uint64_t>();
  record.numbers["round"] = in.number<std::uint64_t>();
  record.numbers["attempt"] = in.number<std::uint32_t>();
  digests(record, in, {"roster_head"});
  record.numbers["counter"] = in.number<std::uint64_t>();
  digests(record, in, {"E", "S", "H(b)"});
  end_with_signature(record, in, begin);
  return record;
}

Record read_descriptor(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  record.numbers["version"] = in.number<std::uint16_t>();
  record.numbers["suite"] = in.number<std::uint16_t>();
  digests(record, in, {"federation"});
  record.numbers["epoch"] = in.number<std::uint64_t>();
  record.numbers["round"] = in.number<std::uint64_t>();
  record.numbers["attempt"] = in.number<std::uint32_t>();
  digests(record, in, {"previous_transcript"});
  record.bytes["task_kind"] = in.blob();
  digests(record, in, {"purpose"});
  record.numbers["base_model"] = in.number<std::uint64_t>();
  digests(record, in, {"lineage", "model_root"});
  record.bytes["step_kind"] = in.blob();
  record.numbers["step_number"] = in.number<std::uint64_t>();
  digests(record, in, {"public_inputs", "training_plan"});
  record.numbers["R"] = in.number<std::uint8_t>();
  record.numbers["b"] = in.number<std::uint8_t>();
  record.numbers["clip_norm_milli"] = in.number<std::uint64_t>();
  record.numbers["w_max"] = in.number<std::uint32_t>();
  record.numbers["chunk_values"] = in.number<std::uint32_t>();
  record.numbers["d"] = in.number<std::uint64_t>();
  digests(record, in, {"layout"});
  record.numbers["privacy"] = in.number<std::uint8_t>();
  record.numbers["noise_variance_micro"] = in.number<std::uint64_t>();
  record.numbers["unit_clip_milli"] = in.number<std::uint64_t>();
  digests(record, in, {"vocabulary_key", "vocabulary", "roster_head", "check_ins", "graph_seed"});
  for (const char* name : {"n", "k", "c", "t", "q", "s_min"}) {
    record.numbers[name] = in.number<std::uint32_t>();
  }
  for (const char* name :
       {"check_in_ms", "share_ms", "input_ms", "certify_ms", "unmask_ms", "vote_ms"}) {
    record.numbers[name] = in.number<std::uint64_t>();
  }
  record.all = in.since(begin);
  return record;
}

Record read_description(FrameReader in) {
  Record record;
  record.lists["descriptor"].push_back(read_descriptor(in));
  record.bytes["signature"] = in.raw(kSignature);
  list(record, "check_ins", in, read_check_in);
  for (const char* name : {"layout", "training_plan", "purpose"}) record.bytes[name] = in.blob();
  in.finish();
  return record;
}

Record read_share_keys(FrameReader in) {
  Record record;
  digests(record, in, {"sender", "rd"});
  list(record, "shares", in, [](FrameReader& share) {
    Record sealed;
    sealed.numbers["holder"] = share.number<std::uint32_t>();
    sealed.bytes["ciphertext"] = share.blob();
    return sealed;
  });
  list(record, "commitments", in, read_commitments);
  record.bytes["signature"] = in.raw(kSignature);
  in.finish();
  return record;
}

Record read_share_delivery(FrameReader in) {
  Record record;
  digests(record, in, {"rd"});
  list(record, "U1", in, read_member_digest);
  list(record, "shares", in, [](FrameReader& share) {
    Record delivered;
    delivered.numbers["dealer"] = share.number<std::uint32_t>();
    delivered.bytes["ciphertext"] = share.blob();
    list(delivered, "ciphertext_digests", share, read_digest);
    list(delivered, "commitments", share, read_commitments);
    delivered.bytes["signature"] = share.raw(kSignature);
    return delivered;
  });
  in.finish();
  return record;
}

Record read_header(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  digests(record, in, {"sender", "rd", "H(U1)", "chunk_root"});
  record.numbers["chunk_count"] = in.number<std::uint32_t>();
  end_with_signature(record, in, begin);
  return record;
}

Record read_upload(FrameReader in) {
  Record record = read_header(in);
  list(record, "leaves", in, read_digest);
  in.finish();
  return record;
}

Record read_proposal(FrameReader in) {
  Record record;
  digests(record, in, {"rd"});
  list(record, "U1", in, read_member_digest);
  list(record, "headers", in, read_header);
  in.finish();
  return record;
}

Record read_survivor_signature(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  digests(record, in, {"sender", "rd", "H(U1)", "H(U2)"});
  record.numbers["count"] = in.number<std::uint32_t>();
  end_with_signature(record, in, begin);
  return record;
}

Record read_certificate(FrameReader in) {
  Record record;
  digests(record, in, {"rd"});
  list(record, "signatures", in, read_survivor_signature);
  in.finish();
  record.all = in.all();
  return record;
}

Record read_unmask(FrameReader in) {
  Record record;
  digests(record, in, {"sender", "rd", "H(U1)", "H(U2)"});
  const std::size_t begin = in.position();
  list(record, "shares", in, [](FrameReader& share) {
    Record revealed;
    revealed.numbers["dealer"] = share.number<std::uint32_t>();
    revealed.numbers["kind"] = share.number<std::uint8_t>();
    revealed.bytes["share"] = share.raw(40);
    revealed.bytes["salt"] = share.raw(kDigest);
    return revealed;
  });
  record.bytes["share_list"] = in.since(begin);
  record.bytes["signature"] = in.raw(kSignature);
  in.finish();
  return record;
}

Record read_result(FrameReader in) {
  Record record;
  digests(record, in, {"rd", "H(U1)", "H(U2)"});
  record.numbers["count"] = in.number<std::uint32_t>();
  digests(record, in, {"sum", "model_root"});
  record.numbers["model_version"] = in.number<std::uint64_t>();
  list(record, "secrets", in, [](FrameReader& secret) {
    Record revealed;
    revealed.numbers["member"] = secret.number<std::uint32_t>();
    revealed.numbers["kind"] = secret.number<std::uint8_t>();
    revealed.bytes["secret"] = secret.raw(32);
    return revealed;
  });
  record.bytes["chained"] = in.since(0);
  digests(record, in, {"transcript"});
  end_with_signature(record, in, 0);
  in.finish();
  return record;
}

Record read_vote(FrameReader in) {
  Record record;
  digests(record, in, {"sender", "rd", "result"});
  record.numbers["accept"] = in.number<std::uint8_t>();
  record.numbers["reason"] = in.number<std::uint8_t>();
  end_with_signature(record, in, 0);
  in.finish();
  return record;
}

Record read_abandon(FrameReader& in) {
  Record record;
  const std::size_t begin = in.position();
  digests(record, in, {"sender", "rd"});
  end_with_signature(record, in, begin);
  return record;
}

Record read_aborted(FrameReader in) {
  Record record;
  record.numbers["round"] = in.number<std::uint64_t>();
  record.numbers["attempt"] = in.number<std::uint32_t>();
  digests(record, in, {"rd"});
  record.numbers["reason"] = in.number<std::uint8_t>();
  list(record, "missing", in, read_digest);
  list(record, "certificate", in, read_abandon);
  end_with_signature(record, in, 0);
  in.finish();
  return record;
}

}  // namespace guildsum::vectors
