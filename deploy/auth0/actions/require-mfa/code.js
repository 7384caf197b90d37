const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/**
 * Asks for a second factor in every sign-in whose acr_values ask for one. A
 * browser that is remembered is asked as well: the front-end wants to know who
 * is there now.
 *
 * @param {Event} event - Details about the user and the sign-in.
 * @param {PostLoginAPI} api - What may be changed about it.
 */
exports.onExecutePostLogin = async (event, api) => {
  const { acr_values: asked, protocol } = event.transaction ?? {};
  if (protocol === 'oauth2-refresh-token') {
    return; // nobody is there to be asked
  }
  if (asked?.includes(MULTI_FACTOR)) {
    api.multifactor.enable('any', { allowRememberBrowser: false });
  }
};
