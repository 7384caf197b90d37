package web

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/usher"
)

// words are the text and the cure for a code of Usher's problems.
type words struct{ text, cure string }

var problemWords = map[string]words{
	"invalid-request":                    {"Usher did not accept the input.", "Correct the named values."},
	"invalid-cursor":                     {"This page of the list cannot be continued.", "Start the search again."},
	"precondition-failed":                {"The user was changed in the meantime, so nothing was done.", "Look at the current values and repeat your change if it still applies."},
	"body-too-large":                     {"The input is too large, so nothing was done.", "Send less."},
	"forbidden":                          {"The console itself has no permission for this.", "Ask the operator to extend the permissions of the console's own role."},
	"not-authenticated":                  {"Usher did not accept the console's credentials.", "Tell the operator."},
	"not-authenticated-or-no-such-route": {"The console itself has no permission for this.", "Tell the operator: the console's own role lacks it, or the address of Usher is wrong."},
	"unauthorized":                       {"Usher did not accept the console's credentials.", "Tell the operator."},
	"outside-front-ends-limits":          {"This is outside the limits of the console.", "Ask the operator to change the limits of this front-end."},
	"user-not-found":                     {"There is no such user.", "Check the ID. The user may have been deleted."},
	"user-exists":                        {"Another user has this address, phone number or username, so nothing was done.", "Find that user, or use another value."},
	"password-too-weak":                  {"The password is too weak.", "Choose another one."},
	"idempotency-key-reused":             {"This form was already sent with other values, so nothing was done.", "Load the form again."},
	"partly-updated":                     {"Only a part of this was done.", "Do the same again, which completes it."},
	"list-too-uniform":                   {"This list cannot be continued in this order.", "Sort by creation, or use a filter."},
	"user-has-no-password":               {"The user has no password here, because they sign in elsewhere.", "Let the user sign in there."},
	"user-has-no-email":                  {"The user has no email address to verify.", "Add an address first."},
	"metadata-too-large":                 {"The metadata would be too large, so nothing was done.", "Remove something."},
	"mfa-method-not-found":               {"The user does not have this factor any more.", "Look at the list again."},
	"mfa-not-enrolled":                   {"The user has no second factor, so a recovery code would be of no use.", "Let the user enrol a factor first."},
	"identity-not-found":                 {"The user does not have this identity any more.", "Look at the list again."},
	"unknown-roles":                      {"A role does not exist any more, so nothing was done.", "Load the roles again."},
	"session-not-found":                  {"This session has already ended.", ""},
	"not-in-providers-plan":              {"The provider's plan does not include this.", "A retry cannot help. Ask the operator."},
	"too-many-requests":                  {"The provider receives too many requests at the moment.", "Wait a moment and try again."},
	"throttled":                          {"Usher receives too many requests at the moment.", "Wait a moment and try again."},
	"provider-budget":                    {"Usher reserves the rest of the provider's capacity for more important requests.", "Wait a moment and try again."},
	"service-unavailable":                {"Usher is not available at the moment.", "Try again in a moment."},
	"service-misconfigured":              {"Usher is misconfigured.", "Tell the operator."},
	"internal":                           {"Usher failed.", ""},
	"provider-failed":                    {"The identity provider failed.", ""},
	"provider-unavailable":               {"The identity provider is not available at the moment.", ""},
	"provider-timeout":                   {"The identity provider did not answer in time.", ""},
	"gateway-failed":                     {"Usher could not be reached.", ""},
	"gateway-timeout":                    {"Usher did not answer in time.", ""},
	usher.Unreadable:                     {"Usher's response is unreadable.", ""},
	"access-denied":                      {"The provider refused the sign-in. The account may be blocked.", "Sign in with another account, or ask an administrator."},
	"mfa-not-proved":                     {"This sign-in used no second factor.", "Start the sign-in again. If this recurs, tell the operator that the tenant does not ask for a second factor."},
	"wrong-connection":                   {"This account is not a staff account.", "Sign in again, and choose a staff account."},
	"state-not-from-this-browser":        {"This sign-in is already finished, or began in another browser.", "Start the sign-in again."},
	"state-expired":                      {"This sign-in took longer than ten minutes.", "Start the sign-in again."},
	"state-invalid":                      {"This sign-in is not valid.", "Start the sign-in again."},
	"state-missing":                      {"This address is incomplete.", "Start the sign-in again."},
	"state-not-from-this-front-end":      {"Another application began this sign-in.", "Start the sign-in again from the console's start page."},
	"code-missing":                       {"This address is incomplete.", "Start the sign-in again."},
	"code-refused":                       {"This sign-in has expired or is already finished.", "Start the sign-in again."},
	"sign-in-refused":                    {"The provider refused the sign-in.", "Start the sign-in again."},
	"sign-in-failed":                     {"The provider failed during the sign-in.", "Start the sign-in again."},
	"id-token-invalid":                   {"The provider's response could not be verified.", "Start the sign-in again. If this recurs, tell the operator."},
	"email-ambiguous":                    {"Several users have this address, so nothing was done.", "Use the ID of the intended user."},
	"account-blocked":                    {"The account is blocked, so nothing was done.", "Unblock it first, if that is justified."},
	"verification-email-not-found":       {"This mail is not known any more.", "Send another one."},
	"too-many-jobs":                      {"Five jobs of the console have not ended, and Usher accepts no more.", "Wait until one has ended, and send the form again."},
	"job-not-started":                    {"The job could not be started.", "Send the form again, which starts it once."},
	"job-not-found":                      {"There is no such job.", "It may have expired: Usher keeps jobs for some days."},
	"job-decided":                        {"The deletion was confirmed in the meantime, so it was not cancelled.", "Stop the rest of the deletion, if you still want that."},
	"job-not-planned":                    {"The plan is not complete, was cancelled, or has expired, so nothing was deleted.", "Look at the state of the job."},
	"plan-changed":                       {"The plan has another number of users, so nothing was deleted.", "Look at the planned users again."},
	"results-erased":                     {"The records and results of this job are erased.", ""},
	"no-such-route":                      {"Usher does not have this operation.", "Tell the operator."},
	unreached:                            {"Usher could not be reached.", "Try again in a moment. If this recurs, tell the operator."},
}

// isUnsure has the codes after which it is unknown whether a change was done.
var isUnsure = map[string]bool{
	"internal": true, "provider-failed": true, "provider-unavailable": true, "provider-timeout": true,
	"gateway-failed": true, "gateway-timeout": true, usher.Unreadable: true, unreached: true,
}

// unreached is the code of words for an error that is no problem of Usher.
const unreached = "service-or-proxy"

// isUnknown ends the words for such an error of a change.
const isUnknown = " It is unknown whether this was done."

// explain puts an error of a change into words for the person who acts.
func explain(err error) notice {
	return inPlainWords(err, isUnknown, "Look at the user before you repeat it.")
}

// explainRead puts an error into words for a call that changes nothing.
func explainRead(err error) notice { return inPlainWords(err, "", "Load the page again in a moment.") }

// inPlainWords puts an error into words. If it is unsure what happened, the text ends with unsure, and the
// cure is the given one where the code has none.
func inPlainWords(err error, unsure, cure string) notice {
	p, ok := errors.AsType[*usher.Problem](err)
	if !ok {
		p = &usher.Problem{Code: unreached}
	}
	w, known := problemWords[p.Code]
	if !known {
		w = words{fmt.Sprintf("Usher refused this (%s).", p.Code), "Tell the operator."}
	}
	n := notice{Text: w.text, Cure: w.cure, RequestID: p.RequestID}
	if isUnsure[p.Code] {
		n.Text, n.Cure = n.Text+unsure, cmp.Or(n.Cure, cure)
	}
	for _, fault := range p.Errors {
		n.Details = append(n.Details, strings.TrimPrefix(fault.Field+": "+fault.Detail, ": "))
	}
	if p.Code == "partly-updated" && len(p.Errors) == 0 && p.Detail != "" {
		n.Details = []string{p.Detail}
	}
	if p.RetryAfter > 0 {
		n.Cure += fmt.Sprintf(" Usher asks to wait %d seconds.", int(p.RetryAfter.Seconds()))
	}
	return n
}

var groupWords = map[policy.Group]string{
	policy.Read:        "find and see users",
	policy.Manage:      "invite, change and delete users",
	policy.Recovery:    "help with passwords and addresses",
	policy.Metadata:    "see and change metadata",
	policy.AppMetadata: "see and change the company's metadata",
	policy.MFA:         "see and remove second factors",
	policy.Identities:  "see linked accounts",
	policy.Sessions:    "see and end sessions",
	policy.Support:     "block and unblock users, and see their history",
	policy.Roles:       "give and take roles",
	policy.Bulk:        "create many users at once",
	policy.Import:      "import users",
	policy.BulkDelete:  "delete many users at once",
	policy.Export:      "export users",
}

func describeGroups(groups policy.Groups) []string {
	var all []string
	for _, g := range groups.List() {
		all = append(all, groupWords[g])
	}
	return all
}
