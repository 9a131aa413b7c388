"""The evidence pack: what was due, issued, published and proved, signed, with a script that checks it by itself."""

from ecosmig_publish.evidence.pack.making import Asking, Maker, Pack, make_pack
from ecosmig_publish.evidence.pack.placing import ZIP, refuse_taken
from ecosmig_publish.evidence.pack.scope import Scope
from ecosmig_publish.evidence.pack.signing import Signer, open_signer

__all__ = ["ZIP", "Asking", "Maker", "Pack", "Scope", "Signer", "make_pack", "open_signer", "refuse_taken"]
