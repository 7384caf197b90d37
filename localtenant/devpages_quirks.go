package localtenant

import "usher/localtenant/devpages"

func (t *Tenant) quirksPage() devPage {
	return devPage{
		name: "quirks", template: "quirks", title: "Quirks", group: "Change", text: "Answers in the unusual forms of real tenants", data: noData,
		forms: []devForm{t.settingsForm(devForm{name: "save", title: "Quirks"},
			devpages.Field{Name: "quirks", Label: "Answer in the unusual forms of real tenants", Hint: "Stored data, searches and metadata do not change", Kind: devpages.Check},
		)},
	}
}
