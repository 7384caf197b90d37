package authorizer

// Reason is why a token is refused. There are few, since they are counted by.
type Reason string

// The reasons.
const (
	NoToken        Reason = "no-token"
	TooLarge       Reason = "too-large"
	Malformed      Reason = "malformed"
	BadAlgorithm   Reason = "algorithm"
	BadType        Reason = "type"
	BadHeader      Reason = "header"
	UnknownKey     Reason = "unknown-key"
	BadSignature   Reason = "signature"
	WrongIssuer    Reason = "issuer"
	WrongAudience  Reason = "audience"
	NotForBearers  Reason = "not-for-bearers"
	NoCaller       Reason = "caller"
	OfAUser        Reason = "of-a-user"
	Expired        Reason = "expired"
	NotYetValid    Reason = "not-yet-valid"
	BadTime        Reason = "time"
	BadPermissions Reason = "permissions"
)

// Refusal says why a token is no good. It is for the log: who sent the token is
// told no more than that it is refused.
type Refusal struct {
	Reason Reason
	Caller string // whom the token names, where the issuer's signature was right
	why    string // never a part of the token
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.why }

func refuse(reason Reason, why string) *Refusal { return &Refusal{Reason: reason, why: why} }

// of adds whom the token names.
func (r *Refusal) of(caller string) *Refusal {
	r.Caller = caller
	return r
}
