/** What a reader sees who goes on, or comes to a page that is not set up. */
export const browse = {
  unknownSite: "There is no site “{site}” on this comments server. Site owner: check data-site.",
  originUnlisted: "Comments are not set up for {origin} yet.",
  originAdd: "Site owner: add this address",
  copied: "Link copied",
  linked: "The comment you followed a link to",
  gone: "That comment is not here any more.",
} as const;
